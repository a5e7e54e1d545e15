// Where packed orders are recorded. Look at who decides which of
// two workers was first.
#pragma once

#include <asio.hpp>

class Shelf {
 public:
  virtual ~Shelf() = default;

  virtual asio::awaitable<bool> has(int number) = 0;

  // False if it is there already. However many processes ask at
  // the same time, at most one gets true.
  virtual asio::awaitable<bool> put(int number) = 0;
};
