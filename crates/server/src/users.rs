//! Who may read and who may publish, as the command line says it.

use crate::fault::Fault;
use clap::Args;
use protocol::rtsp::auth::Credentials;
use protocol::rtsp::server::MAX_USERS;
use protocol::rtsp::{Access, FreePublishing};
use std::path::{Path, PathBuf};

/// Names, passwords, and what they are for.
#[derive(Clone, Debug, Args)]
pub struct UserArgs {
    /// Only this user may play (repeat for more); Digest and Basic are asked for
    #[arg(long, value_name = "NAME:PASSWORD")]
    pub read_user: Vec<Credentials>,
    /// Only this user may publish (repeat for more)
    #[arg(long, value_name = "NAME:PASSWORD")]
    pub publish_user: Vec<Credentials>,
    /// The same from a file, unseen in the list of processes: lines `read NAME:PASSWORD` and `publish NAME:PASSWORD`
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    /// What the passwords are for, as players show it to their users
    #[arg(long, value_name = "TEXT", default_value = "Layercast", value_parser = realm)]
    pub realm: String,
}

/// The longest realm, in octets.
pub const MAX_REALM: usize = 100;

fn realm(text: &str) -> Result<String, String> {
    if text.len() > MAX_REALM || text.chars().any(char::is_control) {
        return Err(format!("at most {MAX_REALM} octets without control characters are possible"));
    }
    Ok(text.to_owned())
}

/// Who may do what, as the options say. `is_reachable` tells that other machines can reach the
/// RTSP port: then only who has a name may publish, or the built-in players.
///
/// # Errors
/// When the file cannot be read or understood, or there are too many names.
pub fn access(options: &UserArgs, is_reachable: bool) -> Result<Access, Fault> {
    let mut access = Access {
        realm: options.realm.clone(),
        readers: options.read_user.clone(),
        publishers: options.publish_user.clone(),
        free_publishing: match is_reachable {
            // The world adds its own players.
            true => FreePublishing::Only(Vec::new()),
            false => FreePublishing::Everybody,
        },
    };
    if let Some(path) = &options.users {
        read(path, &mut access)?;
    }
    for (option, users) in [("--read-user", &access.readers), ("--publish-user", &access.publishers)] {
        if users.len() > MAX_USERS {
            return Err(Fault::ManyUsers { option, count: users.len() });
        }
    }
    Ok(access)
}

fn read(path: &Path, access: &mut Access) -> Result<(), Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| Fault::File {
        option: "--users",
        path: path.into(),
        error,
    })?;
    for (place, line) in text.lines().enumerate() {
        // The line itself is not repeated in what is said of it: it holds a password.
        let wrong = |reason: String| Fault::Users { path: path.into(), line: place + 1, reason };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (kind, user) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let users = match kind {
            "read" => &mut access.readers,
            "publish" => &mut access.publishers,
            _ => return Err(wrong("a line begins with read or publish".to_owned())),
        };
        users.push(user.trim_start().parse().map_err(|error| wrong(format!("{error}")))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rtsp::auth::CredentialsError;

    fn options(users: Option<PathBuf>) -> UserArgs {
        let anna = Credentials::new("anna", "secret").unwrap();
        UserArgs { read_user: vec![anna], publish_user: Vec::new(), users, realm: "Lab".to_owned() }
    }

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("layercast-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn names_come_from_options_and_from_a_file() {
        let path = file("users", "# who\n\nread otto:a b:c\n publish\tpaul:press \n");
        let access = access(&options(Some(path.clone())), true).unwrap();
        std::fs::remove_file(path).ok();
        let names = |users: &[Credentials]| users.iter().map(|u| u.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&access.readers), ["anna", "otto"]);
        assert_eq!(names(&access.publishers), ["paul"]);
        assert_eq!((access.readers[1].password(), access.publishers[0].password()), ("a b:c", "press"));
        assert_eq!(
            (access.realm.as_str(), access.free_publishing),
            ("Lab", FreePublishing::Only(Vec::new()))
        );
    }

    #[test]
    fn a_bad_line_is_named_and_its_password_is_not() {
        for (text, line, says) in [
            ("read a:b\nwrite a:secret", 2, "read or publish"),
            ("read anna", 1, "colon"),
            ("publish", 1, "colon"),
            ("\n\nread :secret", 3, "name"),
        ] {
            let path = file(&format!("bad-{line}-{}", says.len()), text);
            let fault = access(&options(Some(path.clone())), false).unwrap_err().to_string();
            std::fs::remove_file(path).ok();
            assert!(fault.contains(&format!("line {line}")) && fault.contains(says), "{fault}");
            assert!(!fault.contains("secret"), "{fault}");
        }
        assert!(access(&options(Some("no/such/file".into())), false).is_err());
        let many = file("many", &"read a:b\n".repeat(MAX_USERS));
        let fault = access(&options(Some(many.clone())), false).unwrap_err().to_string();
        std::fs::remove_file(many).ok();
        assert!(fault.contains("65") && fault.contains("64"), "{fault}");
    }

    #[test]
    fn options_are_read_as_clap_reads_them() {
        assert_eq!("x".parse::<Credentials>(), Err(CredentialsError::NoColon));
        assert!(realm("a\nb").is_err() && realm(&"x".repeat(MAX_REALM + 1)).is_err());
    }
}
