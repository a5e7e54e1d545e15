// Wrong: prints the lines, without the work.
#include <fmt/core.h>

int main() {
  fmt::print(
      "Payment 1: 20 euros to Ben\nCleo's bank is closed\n"
      "Payment 2: 30 euros to Ada\nPayment 4: 20 euros to Ben\n"
      "Payment 3: 50 euros to Cleo\nElapsed: 4.2s\n");
}
