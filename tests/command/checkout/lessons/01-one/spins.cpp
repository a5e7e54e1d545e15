// Computes forever.
int main() {
  for (volatile unsigned rounds = 0;;) rounds = rounds + 1;
}
