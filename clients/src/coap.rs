//! A resource for CoAP servers.

use std::convert::Infallible;

use coap_handler::Handler;
use coap_message::{Code, MinimalWritableMessage, MutableWritableMessage, ReadableMessage};
use coap_numbers::code;

/// A resource that says how often it was asked for.
#[derive(Debug, Default)]
pub struct Count(usize);

impl Handler for Count {
    type RequestData = ();
    type ExtractRequestError = Infallible;
    type BuildResponseError<M: MinimalWritableMessage> = Infallible;

    fn extract_request_data<M: ReadableMessage>(&mut self, _: &M) -> Result<(), Infallible> {
        self.0 += 1;
        Ok(())
    }

    fn estimate_length(&mut self, (): &()) -> usize {
        0
    }

    fn build_response<M: MutableWritableMessage>(
        &mut self,
        answer: &mut M,
        (): (),
    ) -> Result<(), Infallible> {
        if let Ok(code) = Code::new(code::CONTENT) {
            answer.set_code(code);
        }
        let text = format!("answer {}", self.0);
        if let Ok(payload) = answer.payload_mut_with_len(text.len()) {
            payload.copy_from_slice(text.as_bytes());
        }
        Ok(())
    }
}
