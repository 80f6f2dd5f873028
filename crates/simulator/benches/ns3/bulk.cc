// Two hosts and one link in ns-3: a bulk transfer over TCP, for crates/simulator/benches/goodput.rs.
//
//   bulk CONGESTION LOSS SECONDS SEED RATE DELAY_MS QUEUE MIN_RTO_MS ACKS PCAP
//
// CONGESTION is newreno, linuxreno or cubic, LOSS the probability that a frame is lost (both ways),
// RATE bits a second, QUEUE octets, ACKS how many segments are acknowledged together, PCAP a prefix for captures of both cards or "-".
// Prints: octets that arrived, frames that were sent, seconds that the machine took.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <chrono>
#include <iostream>
#include <string>

using namespace ns3;

static uint64_t frames = 0;

static void Sent(Ptr<const Packet>) { frames += 1; }

int main(int argc, char **argv)
{
    if (argc != 11) {
        std::cerr << "ten arguments are needed; see the head of bulk.cc\n";
        return 2;
    }
    const std::string congestion = argv[1], rate = argv[5], delay = argv[6], queue = argv[7], pcap = argv[10];
    const double loss = std::stod(argv[2]), seconds = std::stod(argv[3]);
    RngSeedManager::SetSeed(std::stoul(argv[4]) + 1);

    const TypeId type = congestion == "cubic"       ? TcpCubic::GetTypeId()
                        : congestion == "linuxreno" ? TcpLinuxReno::GetTypeId()
                                                    : TcpNewReno::GetTypeId();
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(type));
    // As the hosts of goodput.rs: the same segments, buffers and timers.
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(3));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(4 << 20));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(4 << 20));
    Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(MilliSeconds(40)));
    Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(std::stoul(argv[9])));
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(MilliSeconds(std::stoul(argv[8]))));
    Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(true));
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(true));
    Config::SetDefault("ns3::TcpSocketBase::WindowScaling", BooleanValue(true));

    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper cable;
    cable.SetDeviceAttribute("DataRate", StringValue(rate + "bps"));
    cable.SetChannelAttribute("Delay", StringValue(delay + "ms"));
    cable.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", StringValue(queue + "B"));
    NetDeviceContainer cards = cable.Install(nodes);
    for (uint32_t side = 0; side < 2; side++) {
        Ptr<RateErrorModel> error = CreateObject<RateErrorModel>();
        error->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        error->SetRate(loss);
        cards.Get(side)->SetAttribute("ReceiveErrorModel", PointerValue(error));
        cards.Get(side)->TraceConnectWithoutContext("PhyTxEnd", MakeCallback(&Sent));
    }
    // Only the card's own queue, as there: no traffic control above it.
    InternetStackHelper stack;
    stack.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.0.0.0", "255.255.255.0");
    Ipv4InterfaceContainer interfaces = addresses.Assign(cards);
    TrafficControlHelper().Uninstall(cards);

    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 554));
    ApplicationContainer receiver = sink.Install(nodes.Get(1));
    BulkSendHelper source("ns3::TcpSocketFactory", InetSocketAddress(interfaces.GetAddress(1), 554));
    source.SetAttribute("MaxBytes", UintegerValue(0));
    source.SetAttribute("SendSize", UintegerValue(64 << 10));
    ApplicationContainer sender = source.Install(nodes.Get(0));
    receiver.Start(Seconds(0));
    sender.Start(Seconds(0));
    if (pcap != "-") {
        cable.EnablePcapAll(pcap);
    }

    Simulator::Stop(Seconds(seconds));
    const auto begin = std::chrono::steady_clock::now();
    Simulator::Run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << DynamicCast<PacketSink>(receiver.Get(0))->GetTotalRx() << " " << frames << " " << took.count() << "\n";
    Simulator::Destroy();
    return 0;
}
