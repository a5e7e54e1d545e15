// A parcel that comes later: a promise and its future. Look at
// what the thread does until it is there.
#include <fmt/core.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

void bring(std::promise<std::string> parcel) {
  std::this_thread::sleep_for(2s);
  fmt::print("The courier rings\n");
  parcel.set_value("a book");
}

void unpack(std::future<std::string> parcel) {
  fmt::print("Waiting for a parcel\n");
  const std::string content = parcel.get();
  fmt::print("Unpacked {}\n", content);
}

void read_paper() {
  for (int page = 1; page <= 5; ++page) {
    std::this_thread::sleep_for(600ms);
    fmt::print("Page {} is read\n", page);
  }
}

int main() {
  const auto start = steady_clock::now();

  std::promise<std::string> promise;
  std::future<std::string> parcel = promise.get_future();
  std::thread courier(bring, std::move(promise));
  unpack(std::move(parcel));
  read_paper();
  courier.join();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
