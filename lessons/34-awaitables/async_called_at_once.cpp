// A display asks for the cellar's temperature every 0.7 seconds.
// Look at when the library calls back the second time.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "thermometers.hpp"

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

template <typename Token>
auto async_measure(Thermometers& library, std::string place,
                   Token&& token) {
  return asio::async_initiate<Token,
                              void(asio::error_code, double)>(
      [&library](auto handler, const std::string& there) {
        const auto shared = std::make_shared<decltype(handler)>(
            std::move(handler));
        library.measure(there, [shared](std::error_code error,
                                        double degrees) {
          (*shared)(error, degrees);  // the mistake
        });
      },
      token, std::move(place));
}

class Display {
 public:
  explicit Display(Thermometers& library) : library_(library) {}

  void refresh() {
    if (is_asking_) {
      fmt::print("Not asked: still asking\n");
      return;
    }
    async_measure(library_, "cellar",
                  [this](asio::error_code, double degrees) {
                    is_asking_ = false;
                    fmt::print("{:.1f} degrees\n", degrees);
                  });
    is_asking_ = true;
    fmt::print("Asked\n");
  }

 private:
  Thermometers& library_;
  bool is_asking_ = false;
};

asio::awaitable<void> show(Display& display) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int i = 0; i < 4; ++i) {
    display.refresh();
    timer.expires_after(700ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Thermometers library(loop.get_executor());
  Display display(library);
  asio::co_spawn(loop, show(display), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
