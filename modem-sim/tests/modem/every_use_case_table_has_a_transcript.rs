//! The use-case tables of the vendors' documents about registration, PDP contexts, certificates and security
//! profiles, sockets, listening, data mode, dial-up and DNS, and the transcripts that play them.
//!
//! A section may have several tables; those without a title have that of their section.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// How the names of a document's transcripts begin, and how they cite it.
const DOCUMENTS: [(&str, &str, &str); 5] = [
    ("ryz014_fota", "sequans", "RYZ014 FOTA"),
    ("ryz014", "sequans", "RYZ014 use cases"),
    ("cassiopeia", "sequans", "Cassiopeia use cases"),
    ("lena_r8", "ublox", "LENA-R8 application development"),
    ("sara_lexi", "ublox", "SARA/LEXI internet applications"),
];

/// Section, title of the table, and what follows the section in the transcript's name.
type Table = (&'static str, &'static str, &'static str);

const RYZ014_FOTA: &[Table] = &[
    ("4.3.1.2", "Device Configuration", "device_configuration"),
    ("4.3.1.3", "Create a Restoration Point", "restoration_point"),
    ("4.3.3", "Register the Device", "register"),
    ("4.5.2", "Detailed FOTA Procedure", "procedure"),
    ("4.5.3", "Verify", "procedure_verify"),
    ("4.7.1", "Wrong FOTA Image", "wrong_image"),
    ("6.3.3", "Examples", "registration_status"),
];

const RYZ014: &[Table] = &[
    ("2.1.2.1", "Select the SIM Slot", "sim_slot"),
    ("2.1.2.2", "Power on the SIM Slot", "sim_ready"),
    ("2.1.2.3", "Check the SIM Card Status after Powering on the SIM Slot", "sim_state"),
    ("2.1.2.4", "Enable SIM Lock with PIN Code", "sim_lock"),
    ("2.1.2.4", "Disable SIM Lock with PIN Code", "sim_lock"),
    ("2.1.2.6", "Enter PIN Code to Unlock SIM", "pin"),
    ("2.1.2.7", "Enter PUK Code to Unlock SIM", "puk"),
    ("2.1.3", "Error Handling: no SIM", "no_sim"),
    ("2.1.3", "Error Handling: one slot", "slot_of_the_sim"),
    ("2.2.2.2", "Limit the Number of Bands", "bands"),
    ("2.2.2.3", "Select a Specific Operator Mode", "operator_mode"),
    ("2.3.2.1", "Attach to the Network", "attach"),
    ("2.3.2.2", "Check the Network's Registration Status", "registration_status"),
    ("2.3.2.3", "Check the PDP Context Configuration", "context_configuration"),
    ("2.3.2.4", "Activate the PDP Context", "context_activation"),
    ("2.3.2.5", "Check IP Address", "addresses"),
    ("2.3.2.6", "Detach from the Network", "detach"),
    ("2.3.2.7", "Force an Attachment to a Specific Operator (AT+COPS)", "operator"),
    ("2.3.3.1", "If AT+CEREG? returns status 0", "not_searching"),
    ("2.3.3.2", "If CEREG? returns status 2", "searching"),
    ("2.3.3.3", "If AT+CEREG? returns status 3", "registration_denied"),
    ("2.3.3.3", "If AT+CEREG? returns status 3: actions", "operator_of_a_refusal"),
    ("2.3.3.4", "If AT+CEREG? returns status 4", "out_of_coverage"),
    ("2.3.3.4", "If AT+CEREG? returns status 80", "out_of_coverage"),
    ("2.3.3.5", "APN Configuration", "apn_configuration"),
    ("3.2.1", "Identify a Free Certificate Index Entry", "free_entry"),
    ("3.2.2", "Add Certificate at Index 19", "add_certificate"),
    ("3.2.3", "Read Certificate at Index 19", "read_certificate"),
    ("3.2.4", "Remove Certificate at Index 19", "remove_certificate"),
    ("3.3.1", "Upload a Private Key at Index 1", "upload_key"),
    ("3.3.2", "Read the Private Key at Index 1", "read_key"),
    ("3.3.3", "Remove the Private Key at Index 1", "remove_key"),
    ("3.4.1", "With a Private Key Stored in the Non-Volatile Memory", "security_profile"),
    ("4.2.2", "Synchronous Upgrade using HTTPS Protocol with Certificates: the profile", "security_profile"),
    ("4.2.1", "Synchronous Upgrade using HTTPS Protocol", "synchronous_upgrade"),
    ("4.2.2", "Synchronous Upgrade using HTTPS Protocol with Certificates", "certificates"),
    ("4.2.4", "Asynchronous Upgrade using HTTPS Protocol", "asynchronous_upgrade"),
    ("4.2.5", "Cancel Asynchronous Upgrade with HTTPS Protocol", "cancelled_upgrade"),
    ("4.3", "Error Handling", "upgrade_errors"),
    ("5.2", "Factory Reset", "factory_reset"),
    ("6.1.2", "Use Cases in Online Mode", "udp_online_mode"),
    ("6.1.3", "Use Cases in Command Mode", "udp_command_mode"),
    ("6.1.4.1", "Receive Data from a Different Server", "any_remote"),
    ("6.1.4.1", "Receive Data from a Different Server, to the letter", "on_one_line"),
    ("6.1.4.2", "Send Data to Different Server within the Same Socket", "send_to_others"),
    ("6.2.2", "Use Cases in Online Mode", "tcp_online_mode"),
    ("6.2.3", "Use Cases in Command Mode with Text Data", "tcp_command_mode"),
    ("6.2.4", "Use Cases in Command Mode with Hex Data", "tcp_hex_data"),
    ("6.3.2", "Use Cases of a Secure Socket Connection", "secure_socket"),
    ("6.7.3.3", "Encrypted and Client Certificate Required: the profile", "security_profile"),
    ("7.1.2.1", "Read SMS", "read_sms"),
    ("7.1.2.2", "Send SMS", "send_sms"),
    ("7.1.2.3", "Send an SMS in Korean Characters", "other_characters"),
    ("7.2.2.1", "Send SMS in PDU mode", "send_pdu"),
    ("7.2.2.2", "Receive SMS in PDU mode", "receive_pdu"),
    ("7.3.2.1", "Find the Number and the Maximum Number of Messages", "message_places"),
    ("7.3.2.2", "Select SIM as the Message Storage Area", "message_memories"),
    ("7.3.2.3", "Delete the SMS in the Modem", "delete_sms"),
    ("7.3.3", "Error Handling", "what_a_message_needs"),
    ("8.1.2", "How to Use PSM Feature", "psm"),
    ("8.2", "PSM Troubleshooting", "dormant"),
    ("9.2.3", "Error Handling: the ping", "ping"),
    ("10.2.2", "How to Configure the RING Signal", "ring"),
    ("10.3.2.1", "Get Current Time/Date", "time"),
];

const CASSIOPEIA: &[Table] = &[
    ("1.1.2", "Enable, disable SIM lock, enter PIN code", "sim_lock"),
    ("1.1.2", "Check remaining PIN retries, change password", "sim"),
    ("1.1.2", "Enter PUK code to unlock SIM", "puk"),
    ("1.1.3", "Error Handling", "no_sim"),
    ("1.2.3", "Processing Signal Quality Responses", "signal_quality"),
    ("2.1.2", "How to Get Modem Information", "information"),
    ("2.3.2", "Local Synchronous upgrade with FTP server", "synchronous_upgrade"),
    ("2.3.2", "Local Asynchronous upgrade with HTTP server", "asynchronous_upgrade"),
    ("2.3.2", "OTA Synchronous upgrade with HTTP server: the bypass", "bypass"),
    ("1.2.2", "Autoconnect and attach to the network", "autoconnect"),
    ("1.2.2", "Manual connect and automatic attach to the network", "manual_connect"),
    ("1.2.2", "Manual connect and manual attach to the network", "manual_attach"),
    ("1.2.2", "Detach from the network", "detach"),
    ("1.2.2", "Airplane mode", "detach"),
    ("1.2.2", "Power off", "detach"),
    ("1.2.2", "Check network registration status", "registration"),
    ("1.2.2", "Check the PDP context status", "contexts"),
    ("1.2.2", "Define a new PDP context and activate it", "contexts"),
    ("1.2.2", "Read dynamic parameters of PDP context", "contexts"),
    ("1.2.2", "Configure PDP context", "contexts"),
    ("1.2.2", "Set authentication", "contexts"),
    ("1.2.2", "Query extended signal quality", "registration"),
    ("1.2.4", "If CEREG? returns status 0", "errors"),
    ("1.2.4", "If CEREG? returns status 4", "errors"),
    ("3.1.2", "Use Cases in Online Mode", "online_mode"),
    ("3.1.3", "Use Cases in Command Mode with Text Data", "text_data"),
    ("3.1.4", "Use Cases in Command Mode with Hex Data", "hex_data"),
];

const LENA_R8: &[Table] = &[
    ("5.3.1", "Set a fixed baud rate", "fixed_speed"),
    ("5.6.2", "Power saving: UART interface", "uart_sleep"),
    ("6.2", "Restore factory configuration", "factory"),
    ("5.8.1", "Basic setup", "dial_up"),
    ("5.8.2", "Swap between Data mode and OnLine Command Mode", "online_command_mode"),
    ("7.2.1", "Initial default bearer", "default_bearer"),
    ("7.2.1.1", "Change anchor APN", "anchor_apn"),
    ("7.2.2", "Additional bearers", "additional_bearers"),
    ("8.1.1", "Diagnostic information via URCs", "registration_reports"),
    ("8.1.2", "Diagnostic information via polling", "identity"),
    ("8.1.1", "Diagnostic information via URCs: contexts, time, indicators", "other_reports"),
    ("8.1.1", "Diagnostic information via URCs: messages", "messages"),
    ("8.2", "Full-stack watchdog", "watchdog"),
    ("8.2", "Full-stack watchdog: what helps", "levels"),
    ("8.2", "Full-stack watchdog: AT interface", "deaf"),
    ("9.1.1", "Certificates manager +USECMNG", "certificates"),
    ("9.1.2", "Profile configuration +USECPRF", "profile"),
    ("9.1.3", "Complete example", "complete_example"),
    ("9.2.1", "Socket connect", "socket_connect"),
    ("9.2.1", "Socket connect, last row", "socket_connect_fails"),
    ("9.2.2", "Socket listening", "socket_listening"),
    ("9.2.3", "Socket write (+USOWR)", "socket_write"),
    ("9.2.4", "Socket read (+USORD)", "socket_read"),
    ("9.2.5", "Socket close", "socket_close"),
    ("9.3.1.1", "HTTP, default and minimal configuration: the lookup", "dns"),
    ("9.3.2.2.1", "Retrieve a file from FTP server", "direct_link_retrieve"),
    ("9.3.2.2.2", "Aborting retrieve file request", "direct_link_left_early"),
    ("9.3.2.2.3", "Store a file on FTP server", "direct_link_store"),
    ("9.3.2.2.4", "About \"+++\" escape sequence usage", "escape_sequence"),
    ("11.2.1.3.1", "Firmware download via serial interface example", "download"),
    ("11.2.2", "Firmware validation and installation +UFWINSTALL", "install"),
];

const SARA_LEXI: &[Table] = &[
    ("2.4.1", "Ping command +UPING", "ping"),
    ("2.3", "Network settings verification", "network_settings"),
    ("2.3", "Network registration check: LTE", "registration_check_lte"),
    ("2.3", "Network registration check: GPRS/eGPRS", "registration_check_gprs"),
    ("2.3", "Profile configuration and activation: SARA-R5 00B", "profile_00b"),
    ("2.3", "Profile configuration and activation: SARA-R5 01B", "profile_01b"),
    ("2.3", "Profile configuration and activation: SARA-R5 02B", "profile_commands_are_gone"),
    ("2.3", "Profile configuration and activation: LEXI-R520", "profile_02b"),
    ("2.3", "Profile configuration and activation: SARA-R42", "profile_sara_r42"),
    ("2.3.1", "Mapping IP protocol type", "mapping"),
    ("2.3.2", "Default PDP and preferred protocol type configuration", "default_context"),
    ("2.4.2", "DNS resolution +UDNSRN", "dns"),
    ("3.1", "Certificates manager +USECMNG", "certificates"),
    ("3.2", "Profile configuration +USECPRF", "profile"),
    ("3.3", "Complete example", "complete_example"),
    ("3.4.1.1", "Example: session data not encrypted", "session_data"),
    ("3.4.1.2", "Example: session data encrypted with local encryption", "encrypted_session_data"),
    ("4.1", "Basic setup", "dial_up"),
    ("5.1", "Socket connect", "socket_connect"),
    ("5.1", "Socket connect, last row", "socket_connect_fails"),
    ("5.2", "Socket listening", "socket_listening"),
    ("5.3.1", "Binary mode", "binary_mode"),
    ("5.3.2", "Base syntax", "base_syntax"),
    ("5.3.3", "Queue FULL: SARA-R5", "queue_full"),
    ("5.3.3", "Queue FULL: SARA-R42", "unacknowledged"),
    ("5.4", "Socket operations with \"Keep Alive\" option", "keep_alive"),
    ("5.5", "First scenario", "first_scenario"),
    ("5.5", "Second scenario", "second_scenario"),
    ("5.5", "Third scenario", "third_scenario"),
    ("5.5", "Fourth scenario", "fourth_scenario"),
    ("5.6", "Socket write (+USOST)", "udp_write"),
    ("5.7", "SARA-R5 series", "udp_read_sara_r5"),
    ("5.7", "SARA-R42 series", "udp_read_sara_r42"),
    ("5.8", "Socket state", "socket_state"),
    ("5.8", "Socket state: the last error", "socket_state"),
    ("5.9", "By remote server", "socket_close"),
    ("5.9", "By the module", "socket_close"),
    ("5.10", "Testing sockets", "testing_sockets"),
    ("5.11", "Secure socket", "secure_socket"),
    ("7.12.2", "Configure the DTLS security profile", "dtls_profile"),
    ("9.1.1", "Retrieve a file from FTP server", "direct_link_stays"),
    ("9.1.2", "Aborting retrieve file request", "direct_link_left_early"),
    ("9.1.3", "Store a file on FTP server", "direct_link_store"),
    ("9.1.4", "About \"+++\" escape sequence usage", "escape_sequence"),
    ("A.1.1", "Linger time configuration", "linger"),
];

fn folder(vendor: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(vendor)
}

/// The comments in front of the conversation.
fn head(text: &str) -> String {
    text.lines().map_while(|line| line.strip_prefix("# ")).collect::<Vec<_>>().join(" ")
}

/// Whether the section is cited, and not only one below it.
fn cites(head: &str, section: &str) -> bool {
    head.split('§').skip(1).any(|rest| {
        let end = |c: char| !c.is_ascii_alphanumeric() && c != '.';
        rest.split(end).next().is_some_and(|cited| cited.trim_end_matches('.') == section)
    })
}

#[test]
fn every_use_case_table_has_a_transcript() {
    let mut missing = Vec::new();
    for ((document, vendor, cited), tables) in
        DOCUMENTS.iter().zip([RYZ014_FOTA, RYZ014, CASSIOPEIA, LENA_R8, SARA_LEXI])
    {
        for (section, title, rest) in tables {
            let name = format!("{document}_{}_{rest}.at", section.to_lowercase().replace('.', "_"));
            let text = fs::read_to_string(folder(vendor).join(&name)).unwrap_or_default();
            let head = head(&text);
            if !head.contains(cited) || !cites(&head, section) {
                missing.push(format!("{cited} §{section}, {title}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "no transcript cites these:\n{}", missing.join("\n"));
}

#[test]
fn the_name_of_a_transcript_is_the_section_that_it_cites() -> io::Result<()> {
    let mut wrong = BTreeSet::new();
    for vendor in ["sequans", "ublox"] {
        for entry in fs::read_dir(folder(vendor))? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let head = head(&fs::read_to_string(&path)?);
            let document = DOCUMENTS.iter().find(|(document, ..)| name.starts_with(document));
            let Some((document, _, cited)) = document else {
                // A conversation of no document has no section to cite.
                if DOCUMENTS.iter().any(|(.., cited)| head.starts_with(cited)) {
                    wrong.insert(format!("{name}: {head}"));
                }
                continue;
            };
            let is_number = |word: &&str| word.bytes().all(|b| b.is_ascii_digit()) || *word == "a";
            let words = name[document.len() + 1..].split('_').take_while(is_number);
            let section = words.collect::<Vec<_>>().join(".").to_uppercase();
            if section.is_empty() || !head.starts_with(cited) || !cites(&head, &section) {
                wrong.insert(format!("{name}: {head}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
