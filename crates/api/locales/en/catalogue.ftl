# Lists of movies, and one movie.

list-title = Movies
# The title of a list of what was found for some text.
list-search-title = Results for “{ $text }”
# Which of how many movies the page shows.
list-range = { $first }–{ $last } of { $total }
list-range-more = { $first }–{ $last } of more than { $total }
# The same for a page whose number is not known.
list-some = of { $total }
list-some-more = of more than { $total }
list-conditions = Active filters
# Said to screen readers before a filter whose link takes it away.
list-remove = Remove this filter:
list-clear-all = Clear all
# A filter: words in names, directors or genres.
list-text = Search
list-without-genre = Not
list-runtime = Minutes
list-genres = Genres
list-more-genres = More genres
list-sort = Sort by
list-items = Per page
list-apply = Apply
list-filters = Filters
list-score-from = Score from
list-score-to = Score up to
list-year-from = Year from
list-year-to = Year up to
list-show = Show movies
list-empty = There are no movies here yet
list-nothing = No movie matches
list-nothing-text = Try fewer words or fewer filters.
list-did-you-mean = Did you mean one of these?
list-clear = Clear filters
list-pages = Pages
list-previous = Previous
list-next = Next
list-page = Page { $number }
list-api = The API request for this page
# Between several names.
list-separator = { ", " }

list-sort-relevance = Best match
list-sort-popularity = Most popular
list-sort-popularity-up = Least popular
list-sort-score = Highest score
list-sort-score-up = Lowest score
list-sort-year = Newest
list-sort-year-up = Oldest
list-sort-name = Title, A to Z
list-sort-name-down = Title, Z to A
list-sort-director = Director, A to Z
list-sort-director-down = Director, Z to A
list-sort-runtime = Longest
list-sort-runtime-up = Shortest
list-sort-votes = Most votes
list-sort-votes-up = Fewest votes
list-sort-added = Added last
list-sort-added-up = Added first
list-sort-changed = Changed last
list-sort-changed-up = Changed first
# An order that is not in the menu, as it is written in the address.
list-sort-other = As asked: { $keys }

# Parts of the address that are not understood; { $name } is the name of a parameter.
list-ignored-unknown = “{ $name }” was ignored: there is no such filter.
list-ignored-unknown-similar = “{ $name }” was ignored: there is no such filter. Perhaps “{ $meant }” was meant.
list-ignored-repeated = “{ $name }” was ignored: it is there more than once.
list-ignored-encoding = “{ $name }” was ignored: it cannot be read.
list-ignored-too-many = All filters were ignored: there are too many.
list-ignored-too-long = “{ $name }” was ignored: it is too long.
list-ignored-too-large = “{ $name }” was ignored: the number is too large.
list-ignored-number = “{ $name }” was ignored: a number such as 7 or 7.5 is expected.
list-ignored-time = “{ $name }” was ignored: a time such as 2026-01-02T03:04:05Z is expected.
list-ignored-sort = “{ $name }” was ignored: movies cannot be sorted like that.
list-ignored-cursor = “{ $name }” was ignored: it belongs to another list.

film-name = Title
film-director = Director
film-genre = Genre
film-score = Score
film-popularity = Popularity
film-year = Year
film-runtime = Runtime
film-votes = Votes
film-added = Added
film-changed = Last changed
# Before the names of directors.
film-directed-by = Directed by
# After a score: 8.8 / 10
film-of-ten = / 10
film-vote-count = { $votes ->
    [one] { $votes } vote
   *[other] { $votes } votes
  }
film-hours-and-minutes = { $hours } h { $minutes } min
film-hours = { $hours } h
film-minutes = { $minutes } min
# The text of a picture for those who do not see it.
film-poster = Poster of { $name }
film-similar = More like this
film-edit = Edit
film-history = History
