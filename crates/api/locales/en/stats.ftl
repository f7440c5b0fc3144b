# The catalogue in pictures.

stats-title = The catalogue in pictures
stats-intro =
    { $count ->
        [one] { $count } movie. Every bar and every field leads to its movies.
       *[other] { $count } movies. Every bar and every field leads to its movies.
    }
stats-empty = No movies yet
stats-empty-text = As soon as there are movies in the catalogue, they are shown here in pictures.
# Stands in place of one picture.
stats-nothing = There is nothing to show yet.
stats-figures = The figures as a table
stats-decades = Movies per decade
stats-decade-head = Decade
# $decade is a year: 1970.
stats-decade = { $decade }s
stats-without-year =
    { $count ->
        [one] { $count } movie has no year and is not shown here.
       *[other] { $count } movies have no year and are not shown here.
    }
stats-genres = Movies by genre
stats-genres-text = A movie counts for each of its genres.
stats-genres-more =
    { $count ->
        [one] The table has { $count } more genre.
       *[other] The table has { $count } more genres.
    }
stats-scores = Scores
stats-score = Score
stats-without-score =
    { $count ->
        [one] { $count } movie has no score and is not shown here.
       *[other] { $count } movies have no score and are not shown here.
    }
stats-both = Score against popularity
stats-both-text = The stronger the colour of a field, the more movies have this score and this popularity.
stats-both-caption = Across: score. Down: popularity.
stats-popularity = Popularity
stats-without-both =
    { $count ->
        [one] { $count } movie lacks a score or a popularity and is not shown here.
       *[other] { $count } movies lack a score or a popularity and are not shown here.
    }
# A range of numbers that the upper one is not in: scores from 7 to below 8.
stats-band = { $from } to below { $to }
# The last range, which its upper number is in: scores from 9 to 10.
stats-band-last = { $from } to { $to }
stats-movies =
    { $count ->
        [one] { $count } movie
       *[other] { $count } movies
    }
stats-movies-at-least =
    { $count ->
        [one] at least { $count } movie
       *[other] at least { $count } movies
    }
stats-at-least = at least { $number }
# $label is a decade, a genre or a range of scores, $movies "57 movies".
stats-bar = { $label }: { $movies }
stats-cell = Score { $score }, popularity { $popularity }: { $movies }
