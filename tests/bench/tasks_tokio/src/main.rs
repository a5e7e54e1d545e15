// What lessons/36-a-million-tasks does, with Tokio on one thread: tasks_tokio TASKS
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

// Longer than in the lesson: the last task must begin before the first ends.
const SECONDS: u64 = 10;
static RISING: AtomicUsize = AtomicUsize::new(0);

fn rising_time(loaf: u64) -> Duration {
    Duration::from_millis(SECONDS * 1000 + loaf % 10 * 100)
}

async fn rise(loaf: u64) {
    RISING.fetch_add(1, Relaxed);
    tokio::time::sleep(rising_time(loaf)).await;
    RISING.fetch_sub(1, Relaxed);
}

fn main() {
    let loaves: u64 = std::env::args().nth(1).expect("how many").parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for loaf in 0..loaves {
            tokio::spawn(rise(loaf));
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
