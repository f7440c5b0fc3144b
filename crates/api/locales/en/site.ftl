# What every page shows, errors, and words that several pages share.

skip-to-content = Skip to the content
main-navigation = Main
nav-movies = Movies
nav-stats = Statistics
nav-admin = Admin
nav-account = Account
nav-login = Log in
nav-logout = Log out
nav-api = API
language = Language

search-label = Search movies
search-placeholder = Title, director, genre
search-button = Search
suggestions-label = Suggestions
suggestions-none = No suggestions
# Read out by screen readers. $count is put in later: the text cannot depend on it.
suggestions-count = Suggestions: { $count }. Use the arrow keys.
kind-director = Director
kind-genre = Genre

error-to-movies = To the movies
error-request-id = If you report this, name the request:
error-400 = That request makes no sense here
error-400-text = Something in the address or in what was sent is not as it should be.
error-401 = Please log in
error-401-text = This page is for people who have logged in.
error-403 = Not for you
error-403-text = Your account may not do this. An admin can.
error-404 = There is nothing here
error-404-text = The page was moved or removed, or the address has a typo.
error-405 = That cannot be done here
error-405-text = This address answers other kinds of requests.
error-409 = Something else was quicker
error-409-text = What you sent does not fit the present state any more. Go back and look again.
error-413 = Too large
error-413-text = What you sent is larger than this server takes.
error-429 = Too many attempts
error-429-text = Please wait a few minutes, then try again.
error-500 = Something went wrong on the server
error-500-text = It is not your fault. The server's log says more about it.
error-503 = Back in a moment
error-503-text = Something is not available right now. Please try again in a few seconds.

# What is wrong with a field of a form; it stands below the field.
violation-required = Please fill this in.
violation-characters = Please use { $min } to { $max } characters.
violation-characters-most = Please use at most { $max } characters.
violation-control = Line breaks and other control characters are not allowed here.
violation-control-text = Control characters other than line breaks and tabs are not allowed here.
violation-range = Please enter a number from { $min } to { $max }.
violation-number = Please enter a number.
violation-whole-number = Please enter a whole number.
violation-username = Please use only the letters a–z, digits, “.”, “_” and “-”.
violation-username-taken = This name is taken.
# It is about bytes in truth: a letter with an accent has two, a Chinese character three.
violation-password = Please use { $min } to { $max } characters; accented letters and other scripts count as two to four.
violation-password-other = Please choose something other than the username, without NUL characters.
violation-password-current = This is not your current password.
violation-imdb-id = An IMDb id is “tt” followed by 7 to 10 digits, such as tt0111161.
violation-imdb-id-taken = Another movie has this IMDb id.
violation-duplicate = A movie with the same name, director and year exists already.
violation-poster-url = Please enter an address that begins with https:// and has no spaces.
violation-genre = Commas, vertical bars and control characters are not allowed in a genre.
violation-genre-taken = Another genre has this name.
violation-genre-count = A movie has at most { $max } genres.
# One of several genres: $problem is one of the sentences above.
violation-genre-at = Genre { $position }: { $problem }
violation-unknown-field = A movie has no such field.
violation-other = This cannot be accepted as it is.
