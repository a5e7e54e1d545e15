// Wrong: the expected lines, but no shop was asked.
#include <fmt/core.h>

int main() {
  fmt::print("Ask Corner\nAsk Market\nAsk Castle\nAsk Harbour\n");
  fmt::print("Answer from Harbour\nAnswer from Corner\nAnswer from Market\n");
  fmt::print("Price at Corner: 14\nPrice at Market: 12\n");
  fmt::print("Price at Castle: closed\nPrice at Harbour: 13\n");
  fmt::print("Elapsed: 3.0s\n");
}
