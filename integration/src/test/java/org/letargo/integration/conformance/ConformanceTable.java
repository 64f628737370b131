package org.letargo.integration.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.letargo.integration.harness.Programs;

/** docs/conformance.md as it is committed; {@link ConformancePage} writes it. */
final class ConformanceTable {
  /** Behind the name and what it shows; the text before the first bar counts. */
  private static final int FIRST_SCENARIO = 3;

  private final Map<String, String> linesByProgram = new HashMap<>();

  private ConformanceTable() {}

  static Path file() {
    return Programs.repository().resolve("docs/conformance.md");
  }

  /** As it is committed. */
  static ConformanceTable read() {
    try (Stream<String> lines = Files.lines(file())) {
      return of(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the lines of a page. */
  static ConformanceTable of(Stream<String> lines) {
    ConformanceTable table = new ConformanceTable();
    lines
        .filter(line -> line.startsWith("| `"))
        .forEach(line -> table.linesByProgram.put(line.split("`")[1], line));
    return table;
  }

  boolean lists(Program program) {
    return linesByProgram.containsKey(program.name());
  }

  /** Whether it says that a program passes a scenario. */
  boolean saysPasses(Program program, Scenario scenario) {
    return cell(program, scenario).equals(ConformancePage.PASSES);
  }

  /** Whether it says that a suspend is refused because of the program. */
  boolean saysRefused(Program program) {
    return cell(program, Scenario.SUSPEND_RESUME).equals(ConformancePage.REFUSED);
  }

  /** What it says of a preflight of a program that can be saved. */
  String preflight(Program program) {
    return cell(program, FIRST_SCENARIO + Scenario.values().length);
  }

  private String cell(Program program, Scenario scenario) {
    return cell(program, FIRST_SCENARIO + scenario.ordinal());
  }

  private String cell(Program program, int column) {
    String[] cells = linesByProgram.getOrDefault(program.name(), "").split("\\|");
    return cells.length > column ? cells[column].strip() : "";
  }
}
