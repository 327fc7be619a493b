//! Roles of this machine's users on Unix sockets.

use notice::{Principal, Viewer};
use uzers::{get_user_by_name, get_user_by_uid};

/// Reads `USER=ROLE`, with a name or a number for the user. A fault is described in English and Chinese.
pub(super) fn read(text: &str) -> Result<(u32, Principal), (String, String)> {
    let Some((user, role)) = text.split_once('=') else {
        return Err((
            format!("{text:?} must be USER=ROLE, such as www-data=service"),
            format!("{text:?} 应写作 用户=角色，例如 www-data=service"),
        ));
    };
    let (number, name) = find(user)?;
    let principal = match role {
        "public" => Principal::public([""; 0]),
        "viewer" => Principal::viewer(Viewer::new(name)),
        "service" => Principal::service(),
        "editor" => Principal::editor(),
        "admin" => Principal::admin(),
        _ => {
            return Err((
                format!("{role:?} is no role; use public, viewer, service, editor or admin"),
                format!("没有角色 {role:?}；请使用 public、viewer、service、editor 或 admin"),
            ));
        }
    };
    Ok((number, principal))
}

/// Returns number and name of a user.
fn find(user: &str) -> Result<(u32, String), (String, String)> {
    let found = match user.parse() {
        Ok(number) => get_user_by_uid(number),
        Err(_) => get_user_by_name(user),
    };
    match (found, user.parse::<u32>()) {
        (Some(found), _) => Ok((found.uid(), found.name().to_string_lossy().into_owned())),
        // A container, say, may know users of the host by number only.
        (_, Ok(number)) => Ok((number, user.to_owned())),
        _ => Err((
            format!("this machine has no user {user:?}"),
            format!("本机没有用户 {user:?}"),
        )),
    }
}
