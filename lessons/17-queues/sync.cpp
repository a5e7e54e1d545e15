// Three messages come in, and each has to be processed. Look at
// when the first one is processed.
#include <fmt/core.h>

#include <chrono>
#include <queue>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Messages = std::queue<std::string_view>;

void process(std::string_view message) {
  fmt::print("Processing message: {}\n", message);
  std::this_thread::sleep_for(1500ms);
  fmt::print("Message processed successfully\n");
}

// One message comes in each second.
void produce(Messages& queue) {
  for (const char* message : {"Hello", "World", "Asyncio"}) {
    std::this_thread::sleep_for(1s);
    queue.push(message);
  }
}

void consume(Messages& queue) {
  while (!queue.empty()) {
    process(queue.front());
    queue.pop();
  }
}

int main() {
  const auto start = steady_clock::now();

  Messages queue;
  produce(queue);
  consume(queue);

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
