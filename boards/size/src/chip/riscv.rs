//! RISC-V with machine mode alone.

pub use riscv_rt::entry;

pub(super) fn allow_interrupts() {
    // What their handler uses is there from the start.
    unsafe {
        riscv::register::mie::set_mext();
        riscv::register::mstatus::set_mie();
    }
}

#[riscv_rt::core_interrupt(riscv::interrupt::Interrupt::MachineExternal)]
unsafe fn machine_external() {
    super::on_interrupt();
}
