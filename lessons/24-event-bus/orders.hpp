// What can happen in the shop. Its parts know this header, and
// not each other.
#pragma once

struct OrderPlaced {
  int number;
};

struct OrderShipped {
  int number;
};
