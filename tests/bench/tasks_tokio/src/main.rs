// What lessons/36-a-million-tasks does, with Tokio on one thread: tasks_tokio TASKS SECONDS
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

static RISING: AtomicUsize = AtomicUsize::new(0);

fn number(place: usize) -> u64 {
    let text = std::env::args().nth(place).expect("TASKS SECONDS");
    text.parse().expect("a number")
}

async fn rise(loaf: u64, seconds: u64) {
    RISING.fetch_add(1, Relaxed);
    tokio::time::sleep(Duration::from_millis(seconds * 1000 + loaf % 10 * 100)).await;
    RISING.fetch_sub(1, Relaxed);
}

fn main() {
    let (loaves, seconds) = (number(1), number(2));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for loaf in 0..loaves {
            tokio::spawn(rise(loaf, seconds));
        }
        // (Queued behind them all.)
        tokio::spawn(async { println!("{}", RISING.load(Relaxed)) });
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if RISING.load(Relaxed) == 0 {
                break;
            }
        }
    });
}
