//! Query strings, read strictly: everything that is wrong with one is said at once.

/// The most parameters of one request, known and unknown. So there are not many errors either.
const MAX_PARAMETERS: usize = 100;

/// The code of a value that is not of the form that its parameter takes.
pub const INVALID_VALUE: &str = "invalid_value";

/// The parameters of a request. Each is asked for by its name; what nobody asked for is unknown.
pub struct Parameters {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<ParameterError>,
    did_you_mean: Option<&'static str>,
}

/// What is wrong with one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterError {
    /// The parameter's name.
    pub field: String,
    /// The rule, for programs.
    pub code: &'static str,
    /// The rule in words.
    pub detail: String,
}

/// A rule that a value breaks: a code, and the rule in words.
pub type Refusal = (&'static str, String);

/// What is wrong with a query string.
#[derive(Debug, PartialEq)]
pub struct QueryErrors {
    /// All of it.
    pub errors: Vec<ParameterError>,
    /// The known name that the first unknown one probably means.
    pub did_you_mean: Option<&'static str>,
}

/// The parameters that were given and understood, for links to other parts of the same list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given(Vec<(String, String)>);

impl Parameters {
    /// Decodes a query string. What cannot be decoded is reported by [`Parameters::finish`].
    pub fn read(query: &str) -> Self {
        let mut parameters = Self { given: Vec::new(), known: Vec::new(), errors: Vec::new(), did_you_mean: None };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        if pairs.clone().count() > MAX_PARAMETERS {
            let detail = format!("there are more than {MAX_PARAMETERS} parameters");
            parameters.refuse("", "too_many_parameters", detail);
            return parameters;
        }
        for pair in pairs {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => parameters.given.push((name, value)),
                (name, _) => parameters.refuse(
                    name.as_deref().unwrap_or_default(),
                    "invalid_encoding",
                    "this is not the percent-encoding of text in UTF-8",
                ),
            }
        }
        parameters
    }

    /// The value of the parameter `name`, where it was given; twice is an error.
    pub fn value(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let mut values = self.given.iter().filter(|(given, _)| given == name);
        let value = values.next().map(|(_, value)| value.clone());
        if values.next().is_some() {
            self.refuse(name, "repeated_parameter", "the parameter is given more than once");
            return None;
        }
        value
    }

    /// The text of the parameter `name`, trimmed; an empty one counts as not given.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The parameter `name` as `parse` reads it.
    pub fn parsed<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, Refusal>) -> Option<T> {
        let value = self.value(name)?;
        parse(&value).map_err(|(code, detail)| self.refuse(name, code, detail)).ok()
    }

    /// The parameter `name` as `true` or `false`; false where it is not given.
    pub fn flag(&mut self, name: &'static str) -> bool {
        let parse = |text: &str| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err((INVALID_VALUE, "true or false is expected".to_owned())),
        };
        self.parsed(name, parse).unwrap_or(false)
    }

    /// Notes that the parameter `name` breaks a rule.
    pub fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(ParameterError { field: name.to_owned(), code, detail: detail.into() });
    }

    /// Tells the client what it probably meant by a name inside a value.
    pub fn suggest(&mut self, known: Option<&'static str>) {
        self.did_you_mean = self.did_you_mean.or(known);
    }

    /// All parameters as they were given.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.given
    }

    /// The names that were asked for.
    pub fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// Whether nothing was wrong so far, unknown parameters aside.
    pub fn are_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Ends the reading. A parameter that was never asked for is an error, unless the client wants it ignored.
    pub fn finish(mut self, ignore_unknown: bool) -> Result<Given, QueryErrors> {
        let (given, unknown): (Vec<_>, Vec<_>) =
            self.given.into_iter().partition(|(name, _)| self.known.iter().any(|known| known == name));
        let unknown = if ignore_unknown { Vec::new() } else { unknown };
        // Of the first alone: to compare many would take long.
        let did_you_mean = unknown.first().and_then(|(name, _)| most_similar(name, &self.known));
        let mut similar = did_you_mean;
        let did_you_mean = self.did_you_mean.or(did_you_mean);
        for (name, _) in unknown {
            let detail = match similar.take() {
                Some(known) => format!("there is no such parameter; did you mean {known:?}?"),
                None => "there is no such parameter".to_owned(),
            };
            if !self.errors.iter().any(|error| error.field == name) {
                self.errors.push(ParameterError { field: name, code: "unknown_parameter", detail });
            }
        }
        if self.errors.is_empty() { Ok(Given(given)) } else { Err(QueryErrors { errors: self.errors, did_you_mean }) }
    }
}

impl Given {
    /// The URL of `path` with these parameters, where `replaced` ones have another value, or none.
    pub fn url(&self, path: &str, replaced: &[(&str, Option<&str>)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| replaced.iter().all(|(other, _)| other != name));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let set = replaced.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        url(path, kept.chain(set))
    }
}

/// The URL of `path` with these parameters.
pub fn url<'a>(path: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut url = path.to_owned();
    for (i, (name, value)) in parameters.into_iter().enumerate() {
        url.push(if i == 0 { '?' } else { '&' });
        encode_into(&mut url, name);
        url.push('=');
        encode_into(&mut url, value);
    }
    url
}

/// The one of `known` that somebody who wrote `name` most probably meant: it differs in few letters, or is longer.
pub fn most_similar<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    const LONGEST: usize = 40;
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&name, known);
    let nearest = known.iter().copied().min_by_key(|known| distance(known))?;
    if distance(nearest) <= (name.chars().count() / 3).max(1) {
        return Some(nearest);
    }
    known.iter().copied().find(|known| name.len() > 2 && known.starts_with(&name))
}

/// Decodes `application/x-www-form-urlencoded` text; `None` where it is not that, or not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

fn encode_into(url: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b':' => {
                url.push(char::from(byte));
            }
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(errors: &QueryErrors) -> Vec<(&str, &'static str)> {
        errors.errors.iter().map(|v| (v.field.as_str(), v.code)).collect()
    }

    #[test]
    fn text_is_decoded() {
        let mut parameters = Parameters::read("q=Am%C3%A9lie+1%2B1&&empty&sort=");
        assert_eq!(parameters.value("q").as_deref(), Some("Amélie 1+1"));
        assert_eq!(parameters.value("empty").as_deref(), Some(""));
        assert_eq!(parameters.text("sort"), None);
        assert_eq!(parameters.value("limit"), None);
        assert!(parameters.finish(false).is_ok());
    }

    #[test]
    fn broken_encodings_are_refused() {
        for bad in ["q=%", "q=%4", "q=%zz", "q=%+1", "q=%FF", "q=%C3"] {
            let mut parameters = Parameters::read(bad);
            parameters.value("q");
            let errors = parameters.finish(false).unwrap_err();
            assert_eq!(fields(&errors), [("q", "invalid_encoding")], "{bad}");
        }
        assert!(Parameters::read("%FF=1").finish(true).is_err());
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        let mut parameters = Parameters::read("q=a&q=a&x=1&x=1");
        parameters.value("q");
        let errors = parameters.finish(false).unwrap_err();
        assert_eq!(fields(&errors), [("q", "repeated_parameter"), ("x", "unknown_parameter")]);
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_the_one_it_resembles() {
        let refused = |query: &str| {
            let mut parameters = Parameters::read(query);
            for name in ["q", "genre", "genre.not", "year.gte", "imdb_score.gte", "limit"] {
                parameters.value(name);
            }
            parameters.finish(false).unwrap_err().did_you_mean
        };
        for (query, meant) in [
            ("genres=Drama", Some("genre")),
            ("Genre=Drama", Some("genre")),
            ("gener=Drama", Some("genre")),
            ("imdbscore.gte=8", Some("imdb_score.gte")),
            ("year=1977", Some("year.gte")),
            ("colour=red", None),
            ("limt=3&genres=Drama", Some("limit")),
            ("colour=red&limt=3", None),
        ] {
            assert_eq!(refused(query), meant, "{query}");
        }
    }

    #[test]
    fn the_number_of_parameters_is_bounded() {
        let many = |n: usize| (0..n).map(|i| format!("p{i}=%&")).collect::<String>();
        for ignore_unknown in [false, true] {
            let mut parameters = Parameters::read(&(many(MAX_PARAMETERS) + "q=x"));
            assert_eq!(parameters.value("q"), None);
            let errors = parameters.finish(ignore_unknown).unwrap_err();
            assert_eq!(fields(&errors), [("", "too_many_parameters")]);
        }
        let errors = Parameters::read(&many(MAX_PARAMETERS)).finish(false).unwrap_err();
        assert_eq!(errors.errors.len(), MAX_PARAMETERS);
    }

    #[test]
    fn an_unknown_parameter_is_ignored_on_request() {
        let given = Parameters::read("colour=red").finish(true).unwrap();
        assert_eq!(given.url("/x", &[]), "/x");
    }

    #[test]
    fn a_link_has_the_same_parameters_but_those_replaced() {
        let mut parameters = Parameters::read("q=a%26b+c&genre=Drama|War&offset=20");
        for name in ["q", "genre", "offset"] {
            parameters.value(name);
        }
        let given = parameters.finish(false).unwrap();
        let url = given.url("/api", &[("offset", None), ("cursor", Some("x-_"))]);
        assert_eq!(url, "/api?q=a%26b%20c&genre=Drama%7CWar&cursor=x-_");
    }
}
