// Whether an exception is what a cancelled task throws. Look at
// the two codes: a channel has its own.
#pragma once

#include <asio.hpp>
#include <asio/experimental/channel_error.hpp>
#include <exception>
#include <system_error>

inline bool is_cancellation(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::system_error& failure) {
    using asio::experimental::error::channel_cancelled;
    return failure.code() == asio::error::operation_aborted ||
           failure.code() == channel_cancelled;
  } catch (const asio::multiple_exceptions& of_both_sides) {
    return is_cancellation(of_both_sides.first_exception());
  } catch (...) {
    return false;
  }
}
