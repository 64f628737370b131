package org.letargo.hook.vps;

import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/**
 * Where the things of one VPS lie.
 *
 * <pre>
 * STATE/vps/NAME/        spec.json state.json journal.json timeline.json after-boot.json loading.json
 *                migration.json hot-pages.json console.log
 *                disk/   upper/ work/ (of the overlay), at.json (which checkpoint the disk equals)
 *                images/ (while a checkpoint is taken or brought back)  log/VERB/
 * STATE/trials/NAME/     disk/ images/ log/ console.log of a trial restore; RUN/trials/NAME/ likewise
 * RUN/vps/NAME/          gone after a reboot: config.json attach ctl pid engine.conf rootfs/ logs
 * </pre>
 *
 * @param engineAction the link to the relay that the engine runs as its action script; the relay
 *     learns the VPS's name from the link's
 */
public record VpsFolder(VpsName name, Path state, Path run, Path engineAction) {
  public static VpsFolder of(HookConfiguration configuration, VpsName name) {
    return new VpsFolder(
        name,
        configuration.stateDir().resolve("vps").resolve(name.value()),
        configuration.runDir().resolve("vps").resolve(name.value()),
        configuration.runDir().resolve("relay.d").resolve(name.value()));
  }

  /** Where the things of a trial restore lie: beside those of the VPSes, and gone when it ends. */
  public static VpsFolder ofTrial(HookConfiguration configuration, VpsName name) {
    return new VpsFolder(
        name,
        trials(configuration).resolve(name.value()),
        configuration.runDir().resolve("trials").resolve(name.value()),
        configuration.runDir().resolve("relay.d").resolve(name.value()));
  }

  /** The folder of all trial restores. */
  public static Path trials(HookConfiguration configuration) {
    return configuration.stateDir().resolve("trials");
  }

  /** The same VPS while its folder has another name: being created, imported or destroyed. */
  public VpsFolder at(Path otherState) {
    return new VpsFolder(name, otherState, run, engineAction);
  }

  public StoredVps readSpec() {
    return DurableFiles.readJson(state.resolve("spec.json"), StoredVps.class).orElseThrow();
  }

  public void writeSpec(StoredVps stored) {
    DurableFiles.writeJson(state.resolve("spec.json"), stored);
  }

  public VpsStatus readStatus() {
    return DurableFiles.readJson(state.resolve("state.json"), VpsStatus.class)
        .orElseGet(VpsStatus.Stopped::new);
  }

  public void writeStatus(VpsStatus status) {
    DurableFiles.writeJson(state.resolve("state.json"), status);
  }

  public Optional<JournalEntry> readJournal() {
    return DurableFiles.readJson(state.resolve("journal.json"), JournalEntry.class);
  }

  public void writeJournal(JournalEntry entry) {
    DurableFiles.writeJson(state.resolve("journal.json"), entry);
  }

  public void clearJournal() {
    DurableFiles.delete(state.resolve("journal.json"));
  }

  public Optional<AfterBoot> readAfterBoot() {
    return DurableFiles.readJson(state.resolve("after-boot.json"), AfterBoot.class);
  }

  public void writeAfterBoot(AfterBoot before) {
    DurableFiles.writeJson(state.resolve("after-boot.json"), before);
  }

  public void clearAfterBoot() {
    DurableFiles.delete(state.resolve("after-boot.json"));
  }

  public Optional<StillLoading> readStillLoading() {
    return DurableFiles.readJson(state.resolve("loading.json"), StillLoading.class);
  }

  public void writeStillLoading(StillLoading loading) {
    DurableFiles.writeJson(state.resolve("loading.json"), loading);
  }

  public void clearStillLoading() {
    DurableFiles.delete(state.resolve("loading.json"));
  }

  public Optional<Migration> readMigration() {
    return DurableFiles.readJson(state.resolve("migration.json"), Migration.class);
  }

  public void writeMigration(Migration migration) {
    DurableFiles.writeJson(state.resolve("migration.json"), migration);
  }

  public void clearMigration() {
    DurableFiles.delete(state.resolve("migration.json"));
  }

  /** What its processes wanted first when it was last resumed. */
  public Path hotPages() {
    return state.resolve("hot-pages.json");
  }

  /** The upper folder and work folder of the overlay, private to root. */
  public Path disk() {
    return state.resolve("disk");
  }

  public Path upper() {
    return disk().resolve("upper");
  }

  public Path consoleLog() {
    return state.resolve("console.log");
  }

  /** The root file system while it is mounted. */
  public Path rootfs() {
    return run.resolve("rootfs");
  }

  /** The options file of the engine, written anew for every suspend and resume. */
  public Path engineOptions() {
    return run.resolve("engine.conf");
  }

  /** The timeline: which checkpoints of the store are this VPS's. */
  public Path timeline() {
    return state.resolve("timeline.json");
  }

  /** The engine's image files while a checkpoint is taken or brought back; a scratch folder. */
  public Path images() {
    return state.resolve("images");
  }

  /** Where the engine and the runtime log a change, until the next one of its kind. */
  public Path log(String verb) {
    return state.resolve("log").resolve(verb);
  }
}
