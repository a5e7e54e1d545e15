// Waits, and then prints.
int main() {
  wait(1);
  print("one");
}
