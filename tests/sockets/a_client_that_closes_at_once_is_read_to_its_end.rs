//! A Sequans modem may report the end of a connection right behind the result of `AT+SQNSA`.

use crate::common;

use common::script;
use modem_sim::Model;

#[test]
fn a_client_that_closes_at_once_is_read_to_its_end() {
    let mut taken = false;
    let mut desk = script::up(Model::Ryz014a, move |command| match command {
        "AT+SQNSL=1,1,80" => Some(script::lines(&["OK", "+SQNSRING: 1"])),
        "AT+SQNSA=1,1" => {
            taken = true;
            Some(script::lines(&["OK", "+SQNSRING: 1", "+SQNSH: 1"]))
        }
        "AT+SQNSS" if taken => Some(script::lines(&["+SQNSS: 1,0", "OK"])),
        _ => None,
    });
    desk.far.unread = b"all of it".to_vec();
    let stack = desk.stack;
    let heard = desk.run(60, async {
        let listener = stack.listen(80).await?;
        let (mut socket, _) = listener.accept().await?;
        common::conversation::read_to_end(&mut socket).await
    });
    assert_eq!(heard.as_deref(), Ok(&b"all of it"[..]), "{}", desk.tail());
}
