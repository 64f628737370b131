package org.letargo.integration.conformance;

/** What became of a program in a scenario. */
sealed interface Outcome {
  /** It found everything as it had left it. */
  record Passed() implements Outcome {
    @Override
    public String toString() {
      return "passes";
    }
  }

  /**
   * It found something else, or its VPS could not be suspended or resumed with it.
   *
   * @param reason in one line
   */
  record Failed(String reason) implements Outcome {
    @Override
    public String toString() {
      return "fails: " + reason;
    }
  }

  /**
   * This machine does not have what it is about.
   *
   * @param reason in one line
   */
  record Absent(String reason) implements Outcome {
    @Override
    public String toString() {
      return "not here: " + reason;
    }
  }

  /**
   * The suspend was refused because of it, and it went on undisturbed.
   *
   * @param reason what the user was told
   */
  record Refused(String reason) implements Outcome {
    @Override
    public String toString() {
      return "is refused: " + reason;
    }
  }

  /** Of a line of the conductor: {@code pass}, {@code fail: REASON}, {@code absent: REASON}. */
  static Outcome parse(String said) {
    if (said.equals("pass")) {
      return new Passed();
    }
    if (said.startsWith("absent: ")) {
      return new Absent(said.substring("absent: ".length()));
    }
    return new Failed(said.startsWith("fail: ") ? said.substring("fail: ".length()) : said);
  }
}
