//! reqwless 0.14 on the async stack.

use cellular_nal::asynch::Stack;
use clients::common::{World, pattern};
use clients::http::{HttpServer, NAME, body};
use clients::{assert_same, run, up};
use embedded_io_async::Read;
use modem_sim::Model;
use reqwless::Error;
use reqwless::client::{HttpClient, HttpResource};
use reqwless::request::{Method, RequestBody, RequestBuilder};

type Client<'a> = HttpClient<'a, Stack<'static>, Stack<'static>>;

fn up_with_server(model: Model) -> (World, HttpServer) {
    let world = up::<1>(model);
    let server = HttpServer::new(&world.net);
    (world, server)
}

fn url(path: &str) -> String {
    format!("http://{NAME}{path}")
}

/// Reads a body through a small buffer of its own, whatever its form.
async fn read_all(mut reader: impl Read<Error = Error>) -> Result<Vec<u8>, Error> {
    let (mut page, mut buffer) = (Vec::new(), [0; 200]);
    loop {
        match reader.read(&mut buffer).await? {
            0 => return Ok(page),
            count => page.extend_from_slice(&buffer[..count]),
        }
    }
}

async fn get(client: &mut Client<'_>, path: &str, header: &mut [u8]) -> Result<Vec<u8>, Error> {
    let url = url(path);
    let mut request = client.request(Method::GET, &url).await?;
    let response = request.send(header).await?;
    assert!(response.status.is_successful(), "{:?}", response.status);
    read_all(response.body().reader()).await
}

#[test]
fn reqwless_gets_an_answer_of_each_form() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        for kind in ["length", "chunked", "close", "last"] {
            for length in [0, 1, 700, 3000] {
                let path = format!("/{kind}/{length}");
                let page = run(&mut world, &mut server, 120, async {
                    get(&mut HttpClient::new(&stack, &stack), &path, &mut [0; 512]).await
                });
                assert_same(&world, page, &body(length), &path);
            }
        }
        world.leaves_nothing();
    }
}

#[test]
fn reqwless_gets_64_kib_through_small_buffers() {
    for &model in Model::KNOWN {
        for kind in ["length", "chunked", "close"] {
            let (mut world, mut server) = up_with_server(model);
            let stack = world.stack;
            let path = format!("/{kind}/65536");
            let page = run(&mut world, &mut server, 120, async {
                get(&mut HttpClient::new(&stack, &stack), &path, &mut [0; 256]).await
            });
            assert_same(&world, page, &body(65_536), &path);
            world.leaves_nothing();
        }
    }
}

/// A body whose length the client does not know beforehand.
struct OfUnknownLength<'a>(&'a [u8]);

impl RequestBody for OfUnknownLength<'_> {
    async fn write<W: embedded_io_async::Write>(&self, writer: &mut W) -> Result<(), W::Error> {
        for piece in self.0.chunks(333) {
            writer.write_all(piece).await?;
        }
        Ok(())
    }
}

async fn post(client: &mut Client<'_>, body: impl RequestBody) -> Result<Vec<u8>, Error> {
    let url = url("/back/0");
    let mut request = client.request(Method::POST, &url).await?.body(body);
    let mut header = [0; 512];
    read_all(request.send(&mut header).await?.body().reader()).await
}

#[test]
fn reqwless_posts_with_a_length_and_in_chunks() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        for length in [1, 600, 5000] {
            let said = pattern(length, 7);
            let heard = run(&mut world, &mut server, 60, async {
                let mut client = HttpClient::new(&stack, &stack);
                let mut heard = post(&mut client, &said[..]).await?;
                heard.extend(post(&mut client, OfUnknownLength(&said)).await?);
                Ok::<_, Error>(heard)
            });
            assert_same(&world, heard, &said.repeat(2), "a body twice");
        }
        let chunked: Vec<_> = server.requests.iter().map(|request| request.chunked).collect();
        assert_eq!(chunked, [false, true, false, true, false, true], "{model}");
        world.leaves_nothing();
    }
}

#[test]
fn reqwless_posts_64_kib_and_gets_them_back() {
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let (stack, said) = (world.stack, pattern(65_536, 3));
        let heard = run(&mut world, &mut server, 200, async {
            post(&mut HttpClient::new(&stack, &stack), &said[..]).await
        });
        assert_same(&world, heard, &said, "64 KiB");
        assert!(server.requests[0].body == said, "{model}");
        world.leaves_nothing();
    }
}

async fn get_again<C>(resource: &mut HttpResource<'_, C>, path: &str) -> Result<Vec<u8>, Error>
where
    C: embedded_io_async::Read + embedded_io_async::Write,
{
    let mut header = [0; 512];
    read_all(resource.get(path).send(&mut header).await?.body().reader()).await
}

#[test]
fn reqwless_sends_several_requests_on_one_connection() {
    let paths = ["/length/10", "/chunked/2000", "/length/0", "/chunked/0", "/length/3000"];
    for &model in Model::KNOWN {
        let (mut world, mut server) = up_with_server(model);
        let stack = world.stack;
        run(&mut world, &mut server, 60, async {
            let mut client = HttpClient::new(&stack, &stack);
            let base = url("");
            let mut resource = client.resource(&base).await?;
            for path in paths {
                let length = path.rsplit('/').next().and_then(|length| length.parse().ok());
                let page = get_again(&mut resource, path).await?;
                assert_eq!(page, body(length.unwrap_or_default()), "{model}: {path}");
            }
            Ok::<_, Error>(())
        })
        .unwrap_or_else(|error| panic!("{model}: {error:?}\n{}", world.tail()));
        assert_eq!(server.requests.len(), paths.len());
        assert_eq!(server.connections(), 1, "{model}: not reused");
        world.leaves_nothing();
    }
}

/// The client does not connect anew by itself: the user drops the resource and makes another.
#[test]
fn reqwless_tells_that_the_server_has_closed_between_two_requests() {
    for &model in Model::KNOWN {
        for idle in [0, 30] {
            let (mut world, mut server) = up_with_server(model);
            let stack = world.stack;
            let (again, after) = run(&mut world, &mut server, 120, async {
                let mut client = HttpClient::new(&stack, &stack);
                let base = url("");
                let mut resource = client.resource(&base).await?;
                assert_eq!(get_again(&mut resource, "/last/500").await?, body(500), "{model}");
                embassy_time::Timer::after_secs(idle).await;
                let again = get_again(&mut resource, "/length/10").await;
                drop(resource);
                let mut resource = client.resource(&base).await?;
                Ok::<_, Error>((again, get_again(&mut resource, "/length/20").await?))
            })
            .unwrap_or_else(|error| panic!("{model}: {error:?}\n{}", world.tail()));
            // The end of the stream, or that nothing more can be written.
            let told = matches!(again, Err(Error::ConnectionAborted | Error::Network(_)));
            assert!(told, "{model}: {again:?}\n{}", world.tail());
            assert_eq!(after, body(20), "{model}");
            assert_eq!(server.connections(), 2, "{model}");
            world.leaves_nothing();
        }
    }
}
