// You call the doctor, are on hold for 4 seconds, and have
// patience for 1. Look at when you learn that the time is up.
#include <fmt/core.h>

#include <chrono>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Hangs up on every way out.
struct PhoneCall {
  PhoneCall() { fmt::print("On hold\n"); }
  ~PhoneCall() { fmt::print("Hung up\n"); }
};

std::string call_doctor() {
  const PhoneCall call;
  std::this_thread::sleep_for(4s);
  return "Friday at nine";
}

void make_appointment() {
  const auto deadline = steady_clock::now() + 1s;
  const auto appointment = call_doctor();
  if (steady_clock::now() < deadline) {
    fmt::print("{}\n", appointment);
  } else {
    fmt::print("timeout\n");
  }
}

int main() {
  const auto start = steady_clock::now();

  make_appointment();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
