package org.letargo.hook.change;

import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.RootFileSystem;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.template.TemplateUse;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/** Makes a VPS: a folder under a temporary name, which is renamed when it is complete. */
final class CreateVps {
  static final String PREFIX = ".creating-";

  private final Host host;
  private final Stand stand;
  private final Admission admission;

  CreateVps(Host host, Stand stand, Admission admission) {
    this.host = host;
    this.stand = stand;
    this.admission = admission;
  }

  Vps create(HookRequest.CreateVps request, Operation operation) {
    try (TemplateUse _ = host.templates().use(request.template())) {
      return createFrom(host.templates().get(request.template()), request, operation);
    }
  }

  private Vps createFrom(
      TemplateInfo template, HookRequest.CreateVps request, Operation operation) {
    Admission.Seat seat = admission.reserve(request.name(), request.address(), request.published());
    VpsFolder folder = VpsFolder.of(host.configuration(), request.name());
    Path making = folder.state().resolveSibling(PREFIX + request.name());
    try {
      operation.phase("create", 10);
      VpsSpec spec =
          new VpsSpec(
              request.name(),
              request.template(),
              request.limits(),
              seat.address(),
              mac(seat.address()),
              request.published());
      StoredVps stored = new StoredVps(spec, seat.hostIdBase(), template.digest());
      DurableFiles.deleteTree(making);
      DurableFiles.folder(making, "rwx------");
      VpsFolder unfinished = folder.at(making);
      RootFileSystem.create(unfinished, stored);
      GuestIdentity.write(unfinished, stored);
      unfinished.writeStatus(new VpsStatus.Stopped());
      unfinished.writeSpec(stored);
      unfinished.writeJournal(
          new JournalEntry(operation.id(), JournalEntry.Kind.CREATE, Optional.empty()));
      Faults.at("create.before-rename");
      operation.commit();
      DurableFiles.rename(making, folder.state());
      Faults.at("create.after-rename");
      operation.succeeded();
      folder.clearJournal(); // before anybody can see the VPS and begin a change of it
      Vps vps = host.vpses().add(folder, stored, new VpsStatus.Stopped());
      stand.publishPorts();
      return vps;
    } finally {
      admission.release(seat);
      DurableFiles.deleteTree(making);
    }
  }

  /** Locally administered, and as unique on the bridge as the address. */
  static String mac(Ipv4Address address) {
    int bits = address.bits();
    return "02:00:%02x:%02x:%02x:%02x"
        .formatted(bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255);
  }
}
