//! A program that has a web server of its own gives it the routes of a board, under a path of its choice.
//!
//! `cargo run -p notice-server --example embedded -- 127.0.0.1:7701`, and then
//! `curl http://127.0.0.1:7701/notices/v1/active`.

#![allow(clippy::print_stdout, reason = "an example says what it does")]

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use notice::Draft;
use notice_server::Server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:7701".to_owned());
    let board = notice::open("mem:")?;
    board.publish(&Draft::from_json(
        r#"{"texts": {"en": {"title": "Hello"}}}"#.as_bytes(),
    )?)?;

    // It has no listener of its own here; `unix("...")` would give editors one.
    let server = Server::builder(board).start().await?;
    let app = Router::new()
        .route("/", get(async || "the program's own page"))
        .nest("/notices", server.router());

    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/notices/v1/active", listener.local_addr()?);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        ended = axum::serve(listener, app).into_future() => ended?,
        // Until its input ends, so that whoever started it can stop it.
        _ = tokio::task::spawn_blocking(|| std::io::stdin().lines().count()) => {}
    }
    server.stop().await?;
    Ok(())
}
