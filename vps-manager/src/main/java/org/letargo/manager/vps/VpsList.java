package org.letargo.manager.vps;

import java.util.List;

/** All VPSes as the API shows them. */
record VpsList(List<VpsView> vps) {}
