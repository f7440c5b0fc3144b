# Signing in, registering, one's own account.

login-title = Log in
login-button = Log in
login-wrong = Username or password is wrong.
login-too-many = Too many wrong passwords. Please wait a few minutes.
login-no-account = No account yet?
username = Username
password = Password
password-show = Show password
form-wrong = Please check the fields that are marked.

register-title = Make an account
register-button = Make account
register-have-account = Do you have an account already?
register-too-many = There were too many new accounts from your address. Please wait a few minutes.
register-closed = Registration is closed
register-closed-text = Accounts on this server are made by the people who run it.
username-hint = { $min } to { $max } characters: letters a–z, digits, “.”, “_” and “-”
password-hint = { $min } to { $max } characters, and not the username. A few words that nobody else would put together are easy to remember and hard to guess.

account-title = Your account
account-since = Account since { $date }
account-role-admin = Admin
account-role-user = Reader
account-language-button = Use this language
account-language-done = The language was changed.
account-password-title = Change password
account-password-text = All your other logins and all your tokens end when you change it.
account-password-current = Current password
account-password-new = New password
account-password-button = Change password
account-password-done = Your password was changed. All other logins and all tokens have ended.
account-password-too-many = Too many wrong passwords. Please wait a few minutes.

tokens-title = My tokens
tokens-text = A token lets a program act for you through the API until it expires or you revoke it.
tokens-none = You have no tokens.
tokens-too-many =
    { $most ->
        [one] You have { $most } token already, which is all that an account can have. Revoke it if you do not need it any more.
       *[other] You have { $most } tokens already, which is all that an account can have. Revoke one that you do not need any more.
    }
# What a user calls a token.
token-name = Name
token-name-hint = What it is for, such as “nightly backup”
# A number of days.
token-days = Valid for how many days
token-days-hint = { $min } to { $max } days
token-create = Create a token
token-made = Your new token
token-made-text = Copy it now: you will not see it again.
token-made-use = A program sends it with each request, in this header:
token-copy = Copy
token-copied = Copied
token-created = Created
token-last-used = Last used
token-expires = Expires
token-never-used = Never
# Heads a column with buttons, for screen readers.
token-actions = Actions
token-revoke = Revoke
token-revoke-label = Revoke the token { $name }
token-revoke-title = Revoke this token?
token-revoke-text = Programs that use it are refused from then on. This cannot be undone.
token-revoke-done = The token was revoked.

logins-title = Logins
logins-text = Where you are logged in: browsers, and programs that use your password.
logins-more =
    { $count ->
        [one] { $count } older login is not shown.
       *[other] { $count } older logins are not shown.
    }
login-began = Logged in
login-this = This browser
login-end = End
login-end-label = End the login of { $date }
login-end-title = End this login?
login-end-text = That browser or program has to log in again.
login-end-done = The login was ended.
keep = Cancel
