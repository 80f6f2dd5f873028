//! The examples of the standards, another implementation, and odd writings.

use super::*;
use proptest::prelude::*;

fn mufasa() -> Credentials {
    Credentials::new("Mufasa", "Circle of Life").unwrap()
}

/// RFC 7616 section 3.9.1.
#[test]
fn the_standards_example_comes_out() {
    let own = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    for (algorithm, response) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"{nonce}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let challenge = Challenge::read(&challenge).unwrap();
        let answer = challenge.answer(&mufasa(), "GET", "/dir/index.html", 1, own);
        assert!(answer.contains(&format!("response=\"{response}\"")), "{answer}");
        assert!(answer.contains("nc=00000001, cnonce=\"f2/wE4q74E6z"), "{answer}");
        let Some(Authorization::Digest(read)) = Authorization::read(&answer) else { panic!("{answer}") };
        assert!(read.is_proof(&mufasa(), "GET"));
        assert_eq!((read.count(), read.opaque.as_deref().map(str::len)), (Some(1), Some(44)));
        assert!(!read.is_proof(&mufasa(), "PUT"));
        assert!(!read.is_proof(&Credentials::new("Mufasa", "Circle of life").unwrap(), "GET"));
        assert!(!read.is_proof(&Credentials::new("Simba", "Circle of Life").unwrap(), "GET"));
    }
}

/// RFC 2617 section 2 and RFC 7617 section 2.1.
#[test]
fn basic_is_read_and_written() {
    let basic = Challenge::read("Basic realm=\"WallyWorld\"").unwrap();
    let aladdin = Credentials::new("Aladdin", "open sesame").unwrap();
    assert_eq!(basic.answer(&aladdin, "DESCRIBE", "rtsp://h/", 1, ""), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    for text in ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic   QWxhZGRpbjpvcGVuIHNlc2FtZQ"] {
        let Some(Authorization::Basic { name, password }) = Authorization::read(text) else {
            panic!("{text}")
        };
        assert!(aladdin.is_same(&name, &password));
        assert!(!aladdin.is_same(&name, "open sesam"));
    }
    let test = Credentials::new("test", "123\u{a3}").unwrap();
    assert_eq!(basic.answer(&test, "", "", 1, ""), "Basic dGVzdDoxMjPCow==");
    assert_eq!(basic.to_string(), "Basic realm=\"WallyWorld\", charset=\"UTF-8\"");
}

#[test]
fn the_strongest_that_can_be_answered_is_taken() {
    let strongest = |values: &[&str]| Challenge::strongest(values.iter().copied());
    let md5 = "Digest realm=\"a\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";
    let sha = "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"";
    let other = "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"";
    let int = "Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"";
    let basic = "Basic realm=\"a\"";
    assert_eq!(strongest(&[basic, md5, sha, other]), Challenge::read(sha));
    assert_eq!(strongest(&[md5, basic, int]), Challenge::read(md5));
    assert_eq!(strongest(&[other, basic, "Negotiate x"]), Challenge::read(basic));
    assert_eq!(strongest(&[other, int, "Bearer", ""]), None);
    assert_eq!(Challenge::read(sha).unwrap().to_string(), sha, "it is written as it is read");
}

#[test]
fn old_and_odd_writings_are_read() {
    // RFC 2069: no qop, no algorithm.
    let old = Challenge::read("DIGEST Realm=\"a \\\"b\\\"\" ,nonce=abc,stale=TRUE").unwrap();
    let Challenge::Digest { realm, nonce, counts, stale, .. } = &old else { panic!("{old:?}") };
    assert_eq!((realm.as_str(), nonce.as_str(), *counts, *stale), ("a \"b\"", "abc", false, true));
    let answer = old.answer(&mufasa(), "DESCRIBE", "rtsp://h/a", 1, "unused");
    assert!(!answer.contains("qop"), "{answer}");
    let Some(Authorization::Digest(read)) = Authorization::read(&answer) else { panic!("{answer}") };
    assert_eq!((read.realm.as_str(), read.count()), ("a \"b\"", None));
    assert!(read.is_proof(&mufasa(), "DESCRIBE"));
    // The name in RFC 5987's encoding, sums in capital letters.
    let text = answer.replace("username=\"Mufasa\"", "username*=UTF-8''Mufas%61");
    let (head, sum) = text.split_once("response=\"").unwrap();
    let (sum, tail) = sum.split_once('"').unwrap();
    let text = format!("{head}response=\"{}\"{tail}", sum.to_uppercase());
    let Some(Authorization::Digest(read)) = Authorization::read(&text) else { panic!("{text}") };
    assert!(read.is_proof(&mufasa(), "DESCRIBE"));
}

#[test]
fn what_lacks_something_is_none() {
    for text in [
        "",
        "Basic",
        "Basic !!!",
        "Basic bm9jb2xvbg==",
        "Digest",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\"",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth, nc=00000001",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", qop=auth-int, nc=1, cnonce=x",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", algorithm=MD5-sess",
        "Digest username=\"a, realm=b, nonce=c, uri=d, response=e",
        "Bearer abc",
    ] {
        assert_eq!(Authorization::read(text), None, "{text}");
    }
    let counted = |count: &str| {
        let text =
            format!("Digest username=a, realm=b, nonce=c, uri=d, response=e, qop=auth, nc={count}, cnonce=f");
        match Authorization::read(&text) {
            Some(Authorization::Digest(answer)) => answer.count(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(counted("0000000A"), Some(10));
    assert_eq!((counted("1"), counted("+0000001"), counted("000000001")), (None, None, None));
}

#[test]
fn names_and_passwords_are_checked_and_not_printed() {
    for (text, error) in [
        ("name", CredentialsError::NoColon),
        (":x", CredentialsError::NoName),
        ("x:", CredentialsError::NoPassword),
        ("x:a\nb", CredentialsError::Characters),
    ] {
        assert_eq!(text.parse::<Credentials>(), Err(error), "{text:?}");
    }
    let long = "x".repeat(MAX_NAME + 1);
    assert_eq!(Credentials::new(long, "x"), Err(CredentialsError::TooLong));
    assert_eq!(Credentials::new("x", "y".repeat(MAX_PASSWORD + 1)), Err(CredentialsError::TooLong));
    let colons: Credentials = "anna:a:b:c".parse().unwrap();
    assert_eq!((colons.name(), colons.password()), ("anna", "a:b:c"));
    assert!(!colons.is_same("anna:a", "b:c"), "the border counts");
    let basic = Authorization::Basic { name: "anna".to_owned(), password: "secret".to_owned() };
    let printed = format!("{:?} {basic:?}", Credentials::new("anna", "secret").unwrap());
    assert!(printed.contains("anna") && !printed.contains("secret"), "{printed}");
}

/// Another implementation answers our challenges, and its answers are proofs.
#[test]
fn http_auth_agrees() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let challenge = Challenge::Digest {
            realm: "a \"quoted\" realm".to_owned(),
            nonce: "0123456789abcdef".to_owned(),
            algorithm,
            counts: true,
            opaque: None,
            stale: false,
        };
        let mut oracle = http_auth::PasswordClient::try_from(challenge.to_string().as_str()).unwrap();
        for count in 1..4 {
            let (username, password) = (mufasa().name().to_owned(), mufasa().password().to_owned());
            let parameters = http_auth::PasswordParams {
                username: &username,
                password: &password,
                uri: "rtsp://h:8554/demo/",
                method: "DESCRIBE",
                body: None,
            };
            let answer = oracle.respond(&parameters).unwrap();
            let Some(Authorization::Digest(read)) = Authorization::read(&answer) else { panic!("{answer}") };
            assert!(read.is_proof(&mufasa(), "DESCRIBE"), "{answer}");
            assert_eq!((read.algorithm, read.count()), (algorithm, Some(count)), "{answer}");
            let (_, own) = read.counted.clone().unwrap();
            let ours = challenge.answer(&mufasa(), "DESCRIBE", "rtsp://h:8554/demo/", count, &own);
            assert!(ours.contains(&read.response), "{ours}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(text in "(Digest |Basic |)[ -~]{0,80}") {
        let _ = Authorization::read(&text);
        let _ = Challenge::read(&text);
    }

    #[test]
    fn answers_read_back(
        name in "[!-9;-~\u{e4}]{1,12}", password in "[ -~]{1,12}", realm in "[ -~]{0,12}",
        nonce in "[!-~]{1,20}", uri in "rtsp://[a-z]{1,8}/[!-~]{0,20}", count in any::<u32>(),
        is_sha in any::<bool>(), counts in any::<bool>(),
    ) {
        let credentials = Credentials::new(name, password).unwrap();
        let algorithm = if is_sha { Algorithm::Sha256 } else { Algorithm::Md5 };
        let challenge = Challenge::Digest { realm, nonce, algorithm, counts, opaque: None, stale: false };
        prop_assert_eq!(Challenge::read(&challenge.to_string()), Some(challenge.clone()));
        let answer = challenge.answer(&credentials, "PLAY", &uri, count, "own");
        match Authorization::read(&answer) {
            Some(Authorization::Digest(read)) => {
                prop_assert!(read.is_proof(&credentials, "PLAY"));
                prop_assert_eq!(read.count(), counts.then_some(count));
                prop_assert_eq!(read.uri, uri);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
