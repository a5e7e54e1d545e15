// The thermometers, to be awaited like Asio's own objects. Look
// at how little of this is about thermometers.
#pragma once

#include <asio.hpp>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "pending.hpp"
#include "thermometers.hpp"

class AsyncThermometers {
 public:
  AsyncThermometers(asio::any_io_executor executor,
                    Thermometers& library)
      : executor_(std::move(executor)), library_(library) {}

  // For any token. Its handler gets an error code and degrees.
  template <typename Token>
  auto async_measure(std::string place, Token&& token) {
    return asio::async_initiate<Token,
                                void(asio::error_code, double)>(
        [this](auto handler, const std::string& there) {
          this->start(std::move(handler), there);
        },
        token, std::move(place));
  }

 private:
  template <typename Handler>
  void start(Handler handler, const std::string& place) {
    const auto pending = std::make_shared<Pending<Handler>>(
        std::move(handler), executor_);
    const int number = library_.measure(
        place, [pending](std::error_code error, double degrees) {
          pending->complete(error, degrees);
        });
    pending->on_cancel([&library = library_,
                        number](Pending<Handler>& operation) {
      if (!library.stop(number)) return;
      const asio::error_code aborted =
          asio::error::operation_aborted;
      operation.complete(aborted, 0.0);
    });
  }

  asio::any_io_executor executor_;
  Thermometers& library_;
};
