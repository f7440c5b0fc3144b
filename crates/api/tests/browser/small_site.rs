//! Small pages that a test serves itself.

use std::{
    net::TcpListener,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};

/// A running server of small pages. It stops when this is dropped.
pub struct SmallSite {
    pub address: String,
    handle: ServerHandle,
    server: Option<JoinHandle<()>>,
}

impl SmallSite {
    /// Serves the HTML that `page` makes for a request, with the strictest content security policy that allows a page
    /// scripts and styles.
    pub fn spawn(page: fn(&HttpRequest) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answer = move |request: HttpRequest| async move {
            HttpResponse::Ok()
                .insert_header(("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'"))
                .insert_header(("set-cookie", "visited=yes; HttpOnly; SameSite=Lax"))
                .content_type("text/html; charset=utf-8")
                .body(page(&request))
        };
        let (sender, handle) = mpsc::channel();
        let server = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = HttpServer::new(move || App::new().default_service(web::to(answer)));
                let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { address, handle: handle.recv().unwrap(), server: Some(server) }
    }
}

impl Drop for SmallSite {
    fn drop(&mut self) {
        // It is sent at once; what it returns would only wait.
        drop(self.handle.stop(false));
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}
