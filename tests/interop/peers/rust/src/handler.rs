//! What a server answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pilota::{AHashMap, FastStr};
use volo_thrift::{ApplicationException, ApplicationExceptionKind, BizError, MaybeException, ServerError};

use crate::generated::everything::{Defaults, Everything, EverythingClient, EverythingFaultException, Fault, Kinds};

/// Answers calls of the service Everything. Clones count together.
#[derive(Clone, Default)]
pub struct Handler {
    notified: Arc<Mutex<HashMap<FastStr, i32>>>,
    /// Calls the caller, where the connection allows it.
    caller: Option<EverythingClient>,
}

impl Handler {
    /// The same handler for a caller that can be called back.
    pub fn with_caller(&self, caller: EverythingClient) -> Self {
        Handler { notified: Arc::clone(&self.notified), caller: Some(caller) }
    }
}

impl Everything for Handler {
    async fn echo(&self, value: Kinds) -> Result<Kinds, ServerError> {
        Ok(value)
    }

    async fn defaults(&self, value: Defaults) -> Result<Defaults, ServerError> {
        Ok(value)
    }

    async fn text(&self, text: FastStr) -> Result<FastStr, ServerError> {
        Ok(text)
    }

    async fn add(&self, left: i32, right: i32) -> Result<i32, ServerError> {
        Ok(left.wrapping_add(right))
    }

    async fn nothing(&self) -> Result<(), ServerError> {
        Ok(())
    }

    async fn fault(&self, code: i32) -> Result<MaybeException<FastStr, EverythingFaultException>, ServerError> {
        if code == 0 {
            return Ok(MaybeException::Ok("no fault".into()));
        }
        let fault = Fault { code: Some(code), reason: Some(format!("fault {code}").into()) };
        Ok(MaybeException::Exception(EverythingFaultException::Fault(fault)))
    }

    async fn business(&self, code: i32) -> Result<FastStr, ServerError> {
        let extra = AHashMap::from_iter([("key".into(), "value".into())]);
        Err(ServerError::Biz(BizError {
            status_code: code,
            status_message: "business error".into(),
            extra: Some(extra),
        }))
    }

    async fn application(&self) -> Result<FastStr, ServerError> {
        Err(application_error("application error"))
    }

    async fn panics(&self) -> Result<FastStr, ServerError> {
        panic!("as asked for")
    }

    async fn slow(&self, milliseconds: i32) -> Result<i32, ServerError> {
        tokio::time::sleep(Duration::from_millis(milliseconds.max(0).unsigned_abs().into())).await;
        Ok(milliseconds)
    }

    async fn notify(&self, key: FastStr) -> Result<(), ServerError> {
        // The map is whole between any two statements.
        *self.notified.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
        Ok(())
    }

    async fn notified(&self, key: FastStr) -> Result<i32, ServerError> {
        Ok(self.notified.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied().unwrap_or_default())
    }

    async fn callback(&self, text: FastStr) -> Result<FastStr, ServerError> {
        let Some(caller) = &self.caller else { return Err(application_error("this connection has one direction")) };
        caller.text(text).await.map_err(|error| application_error(&format!("calling back: {error}")))
    }
}

fn application_error(message: &str) -> ServerError {
    ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, message.to_owned()).into()
}
