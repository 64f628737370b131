package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * Something about a VPS changed.
 *
 * @param vps how it stands now; empty when it is gone
 */
public record VpsEvent(VpsName name, Optional<VpsReport> vps) {}
