// Publish and subscribe by callbacks. Look at whose thread they
// run on.
#pragma once

#include <functional>
#include <tuple>
#include <utility>
#include <vector>

template <typename... Events>
class CallbackBus {
 public:
  template <typename Event>
  void subscribe(std::function<void(const Event&)> callback) {
    callbacks_of<Event>().push_back(std::move(callback));
  }

  // Calls every subscriber, in the order of subscription.
  template <typename Event>
  void publish(const Event& event) {
    const auto callbacks = callbacks_of<Event>();
    for (const auto& callback : callbacks) callback(event);
  }

 private:
  template <typename Event>
  using Callbacks =
      std::vector<std::function<void(const Event&)>>;

  template <typename Event>
  Callbacks<Event>& callbacks_of() {
    return std::get<Callbacks<Event>>(callbacks_);
  }

  std::tuple<Callbacks<Events>...> callbacks_;
};
