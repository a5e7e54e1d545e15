// Wrong: prints the lines, without the work.
#include <fmt/core.h>

int main() {
  fmt::print(
      "Take 1\nBooked 1, balance 10\nReceipt for 1\nTake 2\nCalled away\nTake 2\n"
      "Booked 2, balance 30\nCalled away\nTake 2\nReceipt for 2\nTake 3\nBooked 3, balance 50\n"
      "Receipt for 3\nTake 4\nBooked 4, balance 100\nReceipt for 4\nElapsed: 5.1s\n");
}
