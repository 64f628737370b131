package org.letargo.hook.change;

import java.nio.file.Path;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.network.GuestNetwork;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/** Makes ready what the engine finds when it is to save a VPS, which still runs. */
final class DumpPreparation {
  private DumpPreparation() {}

  /**
   * Options, an empty folder for images but for what the engine does not save of the network, and
   * one for its log.
   *
   * @param work where the engine writes its log
   */
  static void make(Host host, Vps vps, Preflight.Look look, long initPid, Path work) {
    VpsFolder folder = vps.folder();
    EngineOptions.dump(
            folder.engineAction(),
            look.watchedPaths(),
            look.open().largestDeletedBytes(),
            host.cgroups().engineRoot(folder.name()))
        .write(folder.engineOptions());
    DurableFiles.deleteTree(folder.images());
    DurableFiles.folder(folder.images(), "rwx------");
    GuestNetwork.of(initPid)
        .without(vps.spec().address(), host.configuration().subnet().gateway())
        .write(folder.images());
    DurableFiles.deleteTree(work);
    DurableFiles.folder(work, "rwx------");
  }
}
