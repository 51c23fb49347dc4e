//! A program as volo's users write it for volo-build's code, with volo's own server, client and router.

use std::future::Future;
use std::os::unix::net::SocketAddr as UnixAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pilota::{AHashSet, FastStr};
use volo::net::Address;
use volo_thrift::client::CallOpt;
use volo_thrift::context::{ClientContext, ServerContext};
use volo_thrift::server::{NamedService, Router, Server};
use volo_thrift::{BizError, Bytes, ClientError, EntryMessage, MaybeException, ServerError};

include!("volplane_gen.rs");

use shop::{
    BaseVersionArgsRecv, BaseVersionArgsSend, BaseVersionResultRecv, BaseVersionResultSend, Item, ItemService,
    ItemServiceClient, ItemServiceClientBuilder, ItemServiceFailArgsSend, ItemServiceGenericClient,
    ItemServiceGetItemArgsRecv, ItemServiceGetItemArgsSend, ItemServiceGetItemException, ItemServiceGetItemResultRecv,
    ItemServiceGetItemResultSend, ItemServiceOneShotClient, ItemServicePutItemException, ItemServiceRequestRecv, ItemServiceRequestSend,
    ItemServiceResponseRecv, ItemServiceResponseSend, ItemServiceServer, ItemServiceTouchResultSend,
    MkItemServiceGenericClient, NotFound, NothingRequestRecv, NothingServer, Orders, OrdersClientBuilder,
    OrdersServer, Size, SoldOut,
};

type Error = Box<dyn std::error::Error + Send + Sync>;

static TOUCHED: AtomicI64 = AtomicI64::new(0);

#[derive(Clone)]
struct Shop;

fn item(id: i64) -> Item {
    Item { id, title: Some("pen".into()), size: Some(Size::LARGE) }
}

impl ItemService for Shop {
    async fn version(&self) -> Result<FastStr, ServerError> {
        Ok("1".into())
    }

    // As `impl Future`, which the trait allows beside `async fn`.
    fn get_item(
        &self,
        id: i64,
        language: Option<FastStr>,
    ) -> impl Future<Output = Result<MaybeException<Item, ItemServiceGetItemException>, ServerError>> + Send {
        async move {
            Ok(match id {
                0 => MaybeException::Exception(ItemServiceGetItemException::NotFound(NotFound { id })),
                1 => MaybeException::Exception(ItemServiceGetItemException::SoldOut(SoldOut { title: language })),
                id => MaybeException::Ok(item(id)),
            })
        }
    }

    async fn search(&self, text: FastStr, sizes: AHashSet<Size>) -> Result<Vec<Item>, ServerError> {
        Ok(sizes.into_iter().map(|size| Item { id: 1, title: Some(text.clone()), size: Some(size) }).collect())
    }

    async fn put_item(&self, item: Item) -> Result<MaybeException<(), ItemServicePutItemException>, ServerError> {
        Ok(match item.id {
            0 => {
                let closed = shop::Closed { message: Some("at night".into()) };
                MaybeException::Exception(ItemServicePutItemException::Closed(closed.into()))
            }
            _ => MaybeException::Ok(()),
        })
    }

    async fn touch(&self, id: i64) -> Result<(), ServerError> {
        TOUCHED.store(id, Ordering::SeqCst);
        Ok(())
    }

    async fn greet(&self, name: FastStr, times: Option<i32>, other: Option<i64>) -> Result<FastStr, ServerError> {
        Ok(format!("{name} {times:?} {other:?}").into())
    }

    async fn fail(&self, code: i32) -> Result<FastStr, ServerError> {
        Err(ServerError::Biz(BizError::new(code, "business".into())))
    }
}

impl Orders for Shop {
    async fn order(&self, item: Item) -> Result<i64, ServerError> {
        Ok(item.id + 1)
    }
}

impl shop::Nothing for Shop {}

/// A layer, as in volo's guide.
#[derive(Clone)]
struct Log;

#[derive(Clone)]
struct Logged<S>(S);

impl<S> volo::layer::Layer<S> for Log {
    type Service = Logged<S>;

    fn layer(self, inner: S) -> Logged<S> {
        Logged(inner)
    }
}

impl<Cx, Req, S> volo::service::Service<Cx, Req> for Logged<S>
where
    Cx: Send,
    Req: Send + std::fmt::Debug,
    S: volo::service::Service<Cx, Req, Response: std::fmt::Debug> + Send + Sync,
{
    type Response = S::Response;
    type Error = S::Error;

    async fn call(&self, cx: &mut Cx, request: Req) -> Result<S::Response, S::Error> {
        let _ = format!("{request:?}");
        let answer = self.0.call(cx, request).await?;
        let _ = format!("{answer:?}");
        Ok(answer)
    }
}

fn address(name: &str) -> Result<Address, Error> {
    let path = std::env::current_dir()?.join(format!("{name}-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    Ok(UnixAddr::from_pathname(path)?.into())
}

/// Waits until the server listens.
async fn listening(address: &Address) {
    let Address::Unix(unix) = address else { return };
    let path = unix.as_pathname().unwrap();
    while tokio::net::UnixStream::connect(path).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn one_service() -> Result<(), Error> {
    let address = address("one")?;
    let server = ItemServiceServer::new(Shop).layer(Log).layer_front(Log);
    let running = tokio::spawn(server.run(address.clone()));
    listening(&address).await;
    let client: ItemServiceClient = ItemServiceClientBuilder::new("shop")
        .caller_name("test")
        .rpc_timeout(Some(Duration::from_secs(10)))
        .layer_outer(Log)
        .layer_inner(Log)
        .address(address.clone())
        .build();
    calls(&client).await?;
    // A clone with options.
    let once: ItemServiceOneShotClient<_> = client.clone().with_callopt(CallOpt::default());
    assert_eq!(once.version().await?, "1");
    let mut config = volo_thrift::context::Config::default();
    config.set_rpc_timeout(Some(Duration::from_secs(3)));
    let answer = client.clone().with_callopt(CallOpt { config, ..CallOpt::default() }).get_item(0, None).await?;
    assert!(matches!(answer, MaybeException::Exception(ItemServiceGetItemException::NotFound(NotFound { id: 0 }))));
    // The type that `build` returns, named by its parts.
    let generic: ItemServiceGenericClient<_> = client;
    let ItemServiceGenericClient(_inner) = generic;
    let _ = MkItemServiceGenericClient;
    running.abort();
    Ok(())
}

async fn calls(client: &ItemServiceClient) -> Result<(), Error> {
    assert_eq!(client.version().await?, "1");
    match client.get_item(7, Some("en".into())).await? {
        MaybeException::Ok(got) => assert_eq!(got, item(7)),
        MaybeException::Exception(error) => return Err(error.into()),
    }
    let MaybeException::Exception(error) = client.get_item(1, Some("en".into())).await? else {
        return Err("no exception".into());
    };
    assert_eq!(error, ItemServiceGetItemException::SoldOut(SoldOut { title: Some("en".into()) }));
    assert_eq!(error.to_string(), r#"SoldOut { title: Some("en") }"#);
    let _: &(dyn std::error::Error + Send + Sync) = &error.clone();
    // A text of any kind.
    for found in [client.search("pen", [Size::SMALL].into_iter().collect()).await?,
        client.search(String::from("pen"), [Size::SMALL].into_iter().collect()).await?,
        client.search(FastStr::new("pen"), [Size::SMALL].into_iter().collect()).await?]
    {
        assert_eq!(found, [Item { id: 1, title: Some("pen".into()), size: Some(Size::SMALL) }]);
    }
    assert!(matches!(client.put_item(item(1)).await?, MaybeException::Ok(())));
    let MaybeException::Exception(error) = client.put_item(item(0)).await? else { return Err("no exception".into()) };
    assert_eq!(error.to_string(), "Closed: at night");
    client.touch(42).await?;
    while TOUCHED.load(Ordering::SeqCst) != 42 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(client.greet("me", None, Some(1)).await?, "me Some(2) Some(1)");
    match client.fail(3).await {
        Err(ClientError::Biz(error)) => assert_eq!((error.status_code, &*error.status_message), (3, "business")),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

async fn two_services() -> Result<(), Error> {
    let address = address("two")?;
    let router = Router::new()
        .with_default_service(ItemServiceServer::from_handler(Shop))
        .add_service(OrdersServer::from_handler(Shop))
        .add_service(NothingServer::from_handler(Shop));
    let running = tokio::spawn(Server::with_router(router).run(address.clone()));
    listening(&address).await;
    let items = ItemServiceClientBuilder::new("shop").address(address.clone()).build();
    calls(&items).await?;
    let orders = OrdersClientBuilder::new("shop").address(address).build();
    assert_eq!(orders.order(item(4)).await?, 5);
    assert_eq!(<ItemServiceServer<Shop> as NamedService>::NAME, "ItemService");
    running.abort();
    Ok(())
}

/// Requests and answers that are made and matched by hand, as in a proxy.
async fn by_hand() -> Result<(), Error> {
    let request = ItemServiceRequestRecv::GetItem(ItemServiceGetItemArgsRecv { id: 0, language: None });
    let _: fn(ItemServiceGetItemArgsSend) -> ItemServiceRequestSend = ItemServiceRequestSend::GetItem;
    let server = ItemServiceServer::from_handler(Shop);
    let mut cx = ServerContext::default();
    let answer = volo::service::Service::call(&server, &mut cx, request).await?;
    match answer {
        ItemServiceResponseSend::GetItem(ItemServiceGetItemResultSend::Ok(item)) => Err(format!("{item:?}")),
        ItemServiceResponseSend::GetItem(ItemServiceGetItemResultSend::NotFound(NotFound { id })) => {
            assert_eq!(id, 0);
            Ok(())
        }
        ItemServiceResponseSend::GetItem(ItemServiceGetItemResultSend::SoldOut(error)) => Err(format!("{error:?}")),
        ItemServiceResponseSend::Version(BaseVersionResultSend::Ok(version)) => Err(version.to_string()),
        ItemServiceResponseSend::Touch(ItemServiceTouchResultSend::Ok(())) => Err("touch".to_owned()),
        other => Err(format!("{other:?}")),
    }?;
    let answer = ItemServiceResponseRecv::Version(BaseVersionResultRecv::Ok("2".into()));
    let ItemServiceResponseRecv::Version(BaseVersionResultRecv::Ok(version)) = answer.clone() else {
        return Err(format!("{answer:?}").into());
    };
    assert_eq!(version, "2");
    let _ = ItemServiceGetItemResultRecv::Ok(item(1));
    let _ = (BaseVersionArgsRecv {}, BaseVersionArgsSend {}, ItemServiceFailArgsSend { code: 1 });
    // The bytes of a call, as a router hands them on.
    let mut bytes = volo_thrift::BytesMut::new();
    let arguments = ItemServiceRequestSend::GetItem(ItemServiceGetItemArgsSend { id: 0, language: None });
    arguments.encode(&mut pilota::thrift::binary::TBinaryProtocol::new(&mut bytes, false))?;
    let size = arguments.size(&mut pilota::thrift::binary::TBinaryProtocol::new((), false));
    assert_eq!(size, bytes.len());
    cx.rpc_info.set_method(FastStr::from_static_str("get_item"));
    let _: Bytes = volo::service::Service::call(&server, &mut cx, bytes.freeze()).await?;
    // Arguments that are not sent have the values that the IDL gives them.
    let mut empty = Bytes::from_static(&[0]);
    let mut protocol = pilota::thrift::binary::TBinaryProtocol::new(&mut empty, false);
    let arguments = <shop::ItemServiceGreetArgsRecv as pilota::thrift::Message>::decode(&mut protocol)?;
    assert_eq!(arguments, shop::ItemServiceGreetArgsSend { name: "you".into(), times: Some(2), other: None });
    // An argument that a call lacks has its default value.
    let call = pilota::thrift::TMessageIdentifier::new("fail".into(), pilota::thrift::TMessageType::Call, 1);
    let mut stop = Bytes::from_static(&[0]);
    let mut protocol = pilota::thrift::binary::TBinaryProtocol::new(&mut stop, false);
    let request = ItemServiceRequestRecv::decode(&mut protocol, &call)?;
    assert_eq!(request, ItemServiceRequestRecv::Fail(ItemServiceFailArgsSend { code: 7 }));
    let unknown = pilota::thrift::TMessageIdentifier::new("x".into(), pilota::thrift::TMessageType::Call, 1);
    let mut empty = Bytes::new();
    let mut protocol = pilota::thrift::binary::TBinaryProtocol::new(&mut empty, false);
    let error = NothingRequestRecv::decode(&mut protocol, &unknown).unwrap_err();
    assert!(error.to_string().contains("unknown method x"), "{error}");
    Ok(())
}

/// What an answer is that no server of this IDL sends.
async fn strange_answers() -> Result<(), Error> {
    #[derive(Clone)]
    struct Strange(Option<ItemServiceResponseRecv>);

    impl volo::service::Service<ClientContext, ItemServiceRequestSend> for Strange {
        type Response = Option<ItemServiceResponseRecv>;
        type Error = ClientError;

        async fn call(
            &self,
            _: &mut ClientContext,
            _: ItemServiceRequestSend,
        ) -> Result<Self::Response, ClientError> {
            Ok(self.0.clone())
        }
    }

    struct Always(Option<ItemServiceResponseRecv>);

    impl<S> volo::layer::Layer<S> for Always {
        type Service = Strange;

        fn layer(self, _: S) -> Strange {
            Strange(self.0)
        }
    }

    let client = |answer| {
        let builder = ItemServiceClientBuilder::new("shop").address(std::net::SocketAddr::from(([127, 0, 0, 1], 1)));
        builder.layer_outer(Always(answer)).build()
    };
    let other = ItemServiceResponseRecv::Version(BaseVersionResultRecv::Ok("2".into()));
    let error = client(Some(other)).fail(1).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "application exception: unknown method reply received: ItemService.fail: the server has answered another method"
    );
    let error = client(None).fail(1).await.unwrap_err();
    assert!(error.to_string().ends_with("ItemService.fail: the server has not answered"), "{error}");
    client(None).touch(1).await?;
    Ok(())
}

/// Services as data, which volo does not have.
fn descriptors() -> Result<(), Error> {
    use volplane_runtime::{DefinitionKind, ServiceDescriptor, TypeDescriptor};

    let service: &ServiceDescriptor = &shop::ITEM_SERVICE_DESCRIPTOR;
    let methods: Vec<&str> = service.methods.iter().map(|method| method.name).collect();
    assert_eq!(methods, ["version", "get_item", "search", "put_item", "touch", "fail", "greet"]);
    let method = service.method("get_item").ok_or("no get_item")?;
    assert_eq!((method.doc, method.arguments[0].doc), ("One item.", "Which one."));
    let item = method.result.and_then(|ty| service.definition(ty)).ok_or("no Item")?;
    let DefinitionKind::Struct(fields) = item.kind else { return Err("no struct".into()) };
    assert_eq!((item.name, fields[0].ty), ("Item", TypeDescriptor::I64));
    assert_eq!(shop::NOTHING_DESCRIPTOR.methods.len(), 0);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    one_service().await?;
    two_services().await?;
    by_hand().await?;
    descriptors()?;
    strange_answers().await
}
