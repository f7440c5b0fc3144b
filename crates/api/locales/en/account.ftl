# Signing in, registering, one's own account.

login-title = Log in
login-button = Log in
login-wrong = Username or password is wrong.
login-too-many = Too many wrong passwords. Please wait a few minutes.
login-no-account = No account yet?
username = Username
password = Password
register-title = Make an account
