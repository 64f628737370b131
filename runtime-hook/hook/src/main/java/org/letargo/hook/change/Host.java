package org.letargo.hook.change;

import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.engine.Engine;
import org.letargo.hook.network.VpsNetwork;
import org.letargo.hook.relay.RelayServer;
import org.letargo.hook.runtime.Conmon;
import org.letargo.hook.runtime.OciConfiguration;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.store.HostStore;
import org.letargo.hook.template.Templates;
import org.letargo.hook.vps.Vpses;

/** What every change of a VPS works with on this host: each part once, made at start. */
public record Host(
    HookConfiguration configuration,
    Engine engine,
    Runc runc,
    Conmon conmon,
    OciConfiguration oci,
    Cgroups cgroups,
    VpsNetwork network,
    RelayServer relay,
    Templates templates,
    Vpses vpses,
    HostStore store,
    Loadings loadings) {}
