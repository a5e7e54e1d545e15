// Prints while it waits.
int main() {
  spawn(wait(1));
  print("one");
}
