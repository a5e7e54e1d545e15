// Plays a library from elsewhere, which knows no tokens. Look at
// when it calls back, and at what stop() promises.
#pragma once

#include <asio.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

struct Thermometer {
  std::chrono::milliseconds time;  // that a measurement takes
  double degrees = 0;
  std::error_code error{};
};

inline Thermometer thermometer_in(const std::string& place) {
  using std::chrono::milliseconds;
  if (place == "oven") return {milliseconds(1500), 180};
  if (place == "fridge") return {milliseconds(2000), 5};
  if (place == "cellar") return {milliseconds(500), 12};
  if (place == "boiler") return {milliseconds(10000), 64};
  // There is none: the library finds out after a while.
  return {milliseconds(1000), 0,
          std::make_error_code(std::errc::no_such_device)};
}

// Blocks the thread during the measurement.
inline double measure(const std::string& place) {
  const Thermometer thermometer = thermometer_in(place);
  std::this_thread::sleep_for(thermometer.time);
  if (thermometer.error) {
    throw std::system_error(thermometer.error);
  }
  return thermometer.degrees;
}

class Thermometers {
 public:
  using Callback = std::function<void(std::error_code, double)>;

  // It calls back on `driver`. (Asio is used only inside this
  // class: its timers play the wire to the thermometers.)
  explicit Thermometers(asio::any_io_executor driver)
      : driver_(std::move(driver)) {}

  // Returns a number, and calls back later; at once if the place
  // has been measured within the last second.
  int measure(const std::string& place, Callback callback) {
    std::unique_lock lock(mutex_);
    const int number = ++last_number_;
    const auto known = known_.find(place);
    if (known != known_.end() &&
        Clock::now() - known->second < std::chrono::seconds(1)) {
      lock.unlock();
      callback({}, thermometer_in(place).degrees);
      return number;
    }
    const auto time = thermometer_in(place).time;
    const auto [running, _] = running_.try_emplace(
        number, Running{asio::steady_timer(driver_, time), place,
                        std::move(callback)});
    running->second.timer.async_wait(
        [this, number](asio::error_code error) {
          if (!error) finish(number);
        });
    return number;
  }

  // True: it will not call back. False: it has, or is about to.
  bool stop(int number) {
    std::unique_lock lock(mutex_);
    const auto running = running_.extract(number);
    lock.unlock();
    return !running.empty();
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Running {
    asio::steady_timer timer;
    std::string place;
    Callback callback;
  };

  void finish(int number) {
    std::unique_lock lock(mutex_);
    const auto running = running_.extract(number);
    if (running.empty()) return;  // stopped just now
    const auto& [timer, place, callback] = running.mapped();
    const Thermometer thermometer = thermometer_in(place);
    if (!thermometer.error) known_[place] = Clock::now();
    lock.unlock();
    callback(thermometer.error, thermometer.degrees);
  }

  asio::any_io_executor driver_;
  std::mutex mutex_;
  int last_number_ = 0;
  std::map<int, Running> running_;
  std::map<std::string, Clock::time_point> known_;
};
