package org.letargo.integration;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Programs;

/** Who may use whom, and what no source of ours may hold. */
class ArchitectureTest {
  private static final String ANYTHING_OF_OURS = "org.letargo..";
  private static final String NATIVE = "org.letargo.linux..";
  private static final String ARCHIVE = "org.letargo.archive..";
  private static final String PROTOCOL = "org.letargo.hook.protocol..";
  private static final String MANAGER = "org.letargo.manager..";
  private static final String TESTS = "org.letargo.integration..";
  private static final int LONGEST_CLASS_LINES = 500;

  private static final JavaClasses OURS = new ClassFileImporter().importPackages("org.letargo");

  private static final DescribedPredicate<JavaClass> HOOK =
      resideInAPackage("org.letargo.hook..")
          .and(not(resideInAPackage(PROTOCOL)))
          .as("the hook without its protocol");

  @Test
  void findsTheClassesOfAllModules() {
    assertThat(
            List.of(
                "linux.Pidfd", "archive.CheckpointLayout", "hook.HookMain", "manager.ManagerMain"))
        .allSatisfy(name -> assertThat(OURS.contain("org.letargo." + name)).as(name).isTrue());
  }

  @Test
  void nativeArchiveAndProtocolDependOnNothingOfOurs() {
    for (String module : List.of(NATIVE, ARCHIVE, PROTOCOL)) {
      noClasses()
          .that()
          .resideInAPackage(module)
          .should()
          .dependOnClassesThat(
              resideInAPackage(ANYTHING_OF_OURS).and(not(resideInAPackage(module))))
          .check(OURS);
    }
  }

  @Test
  void hookDependsOnProtocolArchiveAndNativeOnly() {
    noClasses()
        .that(HOOK)
        .should()
        .dependOnClassesThat(
            resideInAPackage(ANYTHING_OF_OURS)
                .and(not(HOOK))
                .and(not(resideInAnyPackage(NATIVE, ARCHIVE, PROTOCOL))))
        .check(OURS);
  }

  @Test
  void managerDependsOnProtocolAndArchiveOnly() {
    noClasses()
        .that()
        .resideInAPackage(MANAGER)
        .should()
        .dependOnClassesThat(
            resideInAPackage(ANYTHING_OF_OURS)
                .and(not(resideInAnyPackage(MANAGER, ARCHIVE, PROTOCOL))))
        .check(OURS);
  }

  @Test
  void fakesAreForTestsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..testing..", TESTS)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.letargo..testing..")
        .check(OURS);
  }

  /**
   * The domain knows nothing of HTTP: what translates it is a route, or lives in the web package.
   */
  @Test
  void vertxIsInTheWebOfTheManagerOnly() {
    classes()
        .that()
        .resideInAPackage(ANYTHING_OF_OURS)
        .and(
            not(
                resideInAnyPackage(
                    "org.letargo.manager.web..",
                    "org.letargo.manager.console..",
                    "org.letargo.manager.peer..")))
        .and(DescribedPredicate.describe("are no routes", type -> !isRoute(type)))
        .and()
        .doNotHaveFullyQualifiedName("org.letargo.manager.ManagerMain")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("io.vertx..")
        .check(OURS);
  }

  private static boolean isRoute(JavaClass type) {
    return type.getPackageName().startsWith("org.letargo.manager")
        && type.getName().replaceFirst("\\$.*", "").endsWith("Route");
  }

  @Test
  void jnaIsInNativeOnly() {
    classes()
        .that()
        .resideInAPackage(ANYTHING_OF_OURS)
        .and()
        .resideOutsideOfPackage(NATIVE)
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("com.sun.jna..")
        .check(OURS);
  }

  @Test
  void tarAndZstdAreInTheArchiveOnly() {
    classes()
        .that()
        .resideInAPackage(ANYTHING_OF_OURS)
        .and()
        .resideOutsideOfPackage(ARCHIVE)
        .and()
        .doNotHaveFullyQualifiedName(Forge.class.getName()) // lies in the archive's own language
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages("org.apache.commons.compress..", "com.github.luben..")
        .check(OURS);
  }

  /**
   * It reads a variable of the thread that ran the call, and a virtual thread may have another
   * carrier by then: errors of an innocent call were reported. Native methods of ours say {@code
   * throws LastErrorException}.
   */
  @Test
  void errnoIsNeverReadAfterTheCall() {
    noClasses().should().callMethod("com.sun.jna.Native", "getLastError").check(OURS);
  }

  /** A test that sleeps is slow when all is well and fails when the machine is slow. */
  @Test
  void noTestSleeps() {
    String sleep = "Thread." + "sleep(";

    assertThat(sources("src/test").filter(source -> text(source).contains(sleep))).isEmpty();
  }

  @Test
  void noClassIsLongerThanAPersonReads() {
    assertThat(sources("src").filter(source -> text(source).lines().count() > LONGEST_CLASS_LINES))
        .isEmpty();
  }

  private static Stream<Path> sources(String below) {
    Path repository = Programs.repository();
    try (Stream<Path> found = Files.walk(repository)) {
      List<Path> sources =
          found
              .filter(path -> path.toString().endsWith(".java"))
              .filter(path -> path.toString().contains("/" + below + "/"))
              .filter(path -> !path.toString().contains("/target/"))
              .toList();
      assertThat(sources).hasSizeGreaterThan(20);
      return sources.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
