package org.letargo.manager;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows within the manager. */
class ArchitectureTest {
  private static final String VERTX = "io.vertx..";

  private final JavaClasses manager =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.letargo.manager");

  @Test
  void knowsVertxInRoutesWebAndPeersOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.letargo.manager.web..", "org.letargo.manager.cli..", "org.letargo.manager.peer..")
        .and()
        .haveNameNotMatching(".*Route(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(VERTX)
        .check(manager);
  }

  @Test
  void knowsTheWebInRoutesOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..manager.vps..",
            "..manager.operation..",
            "..manager.archive..",
            "..manager.template..",
            "..manager.timeline..",
            "..manager.store..",
            "..manager.schedule..",
            "..manager.auth..",
            "..manager.audit..",
            "..manager.events..",
            "..manager.host..",
            "..manager.config..",
            "..manager.database..",
            "..manager.json..")
        .and()
        .haveNameNotMatching(".*Route(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..manager.web..")
        .check(manager);
  }

  @Test
  void knowsSqlInTheClassesOfTheDatabaseOnly() {
    noClasses()
        .that()
        .haveNameNotMatching(
            ".*\\.(Database|Migrator|OperationJournal|Tokens|AuditLog|Schedules|Peers|JoinTokens)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.sql..")
        .check(manager);
  }
}
