// One worker downloads ten pictures, one after the other. Look
// at what it does while a picture is on its way.
#include <fmt/core.h>

#include <chrono>
#include <queue>
#include <thread>

#include "pictures.hpp"

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Jobs = std::queue<Picture>;

void download(Picture picture, int worker) {
  fmt::print("Start {} (worker {})\n", picture.name, worker);
  std::this_thread::sleep_for(picture.time);
  fmt::print("End {} (worker {})\n", picture.name, worker);
}

void work(int worker, Jobs& jobs) {
  while (!jobs.empty()) {
    download(jobs.front(), worker);
    jobs.pop();
  }
}

void download_all() {
  Jobs jobs;
  for (const Picture& picture : pictures) {
    jobs.push(picture);
  }
  work(1, jobs);
}

int main() {
  const auto start = steady_clock::now();

  download_all();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
