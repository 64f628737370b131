/**
 * A manager without a host: {@link org.letargo.manager.cli.testing.FakeApi} speaks the API v1 as
 * the command line and the console page need it, strictly, with VPSes that are only names.
 */
package org.letargo.manager.cli.testing;
