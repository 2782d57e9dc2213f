using System.Net;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// An address for HTTP without TLS where plain requests may be answered before Kestrel sees them. An address that is not of this
/// type never is: a port with mutual TLS must not answer in the clear.
/// </summary>
public sealed class PlainHttpEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
