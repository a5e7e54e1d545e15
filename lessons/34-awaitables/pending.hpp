// An operation that a library carries out. Look at what it takes
// from the handler, and what happens before the handler is
// called.
#pragma once

#include <asio.hpp>
#include <memory>
#include <utility>

template <typename Handler>
class Pending
    : public std::enable_shared_from_this<Pending<Handler>> {
 public:
  // `executor` is for a handler that has none.
  Pending(Handler handler, asio::any_io_executor executor)
      : work_(asio::make_work_guard(handler, executor)),
        slot_(asio::get_associated_cancellation_slot(handler)),
        handler_(std::move(handler)) {}

  // If the operation is cancelled, calls stop(*this).
  template <typename Stop>
  void on_cancel(Stop stop) {
    if (!slot_.is_connected()) return;
    slot_.assign([waiting = this->weak_from_this(),
                  stop](asio::cancellation_type) mutable {
      if (const auto self = waiting.lock()) stop(*self);
    });
  }

  // Once, on any thread. The handler is called soon.
  template <typename... Results>
  void complete(Results... results) {
    asio::post(work_.get_executor(),
               [slot = slot_, handler = std::move(handler_),
                ... results = std::move(results)]() mutable {
                 slot.clear();
                 handler(std::move(results)...);
               });
    work_.reset();
  }

 private:
  asio::executor_work_guard<
      asio::associated_executor_t<Handler, asio::any_io_executor>>
      work_;
  asio::associated_cancellation_slot_t<Handler> slot_;
  Handler handler_;
};
