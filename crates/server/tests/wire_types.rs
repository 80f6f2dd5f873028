//! The page's types are generated from the server's; they may not drift apart.

use layercast::wire::*;
use std::fmt::Write as _;
use std::path::Path;
use ts_rs::{Config, TS};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/wire/generated.ts");

fn generated() -> String {
    let config = Config::new();
    let mut out = String::from(
        "// Generated from crates/server/src/wire by `UPDATE=1 cargo test -p server --test wire_types`. Do not edit.\n\n",
    );
    writeln!(out, "export const VERSION = {VERSION};\n").expect("a string takes all");
    macro_rules! declare {
        ($($name:ty),* $(,)?) => {
            $( writeln!(out, "export {}\n", <$name as TS>::decl(&config)).expect("a string takes all"); )*
        };
    }
    declare!(
        Nanos,
        Id,
        ServerMessage,
        Hello,
        Run,
        Capture,
        CapturedFcs,
        OpenCapture,
        LessonRun,
        EventPlace,
        StopPlace,
        StackDirection,
        LessonAnswer,
        LessonCard,
        LessonClass,
        BadLesson,
        Lesson,
        TextBlock,
        TextRun,
        TextStyle,
        LessonStop,
        LessonTab,
        LessonView,
        LessonQuestion,
        LessonChoice,
        Found,
        FrameCheck,
        CheckAnswer,
        LayerCheck,
        FieldDifference,
        Unlike,
        ScenarioCard,
        NextRun,
        Topology,
        Node,
        NodeKind,
        Interface,
        PortVlan,
        Link,
        Weather,
        Loss,
        Reorder,
        WeatherRanges,
        Preset,
        LinkDirection,
        LinkDirections,
        FaultOn,
        FaultWhat,
        Batch,
        OverviewCell,
        RoomState,
        Pace,
        Client,
        RequestState,
        Source,
        ForkState,
        ForkProgress,
        MediaTransport,
        ForkChange,
        Difference,
        Trace,
        Rows,
        MessageRow,
        TransportRow,
        WhatRow,
        FrameRow,
        CarriedRow,
        CauseRow,
        HopRow,
        MishapRow,
        FateRow,
        ReceiptRow,
        OutcomeRow,
        DeliveryRow,
        StateRow,
        StateKind,
        TcpRow,
        Series,
        SeriesWhat,
        SeriesLayers,
        SeriesReceiver,
        SeriesTcp,
        PictureRow,
        SlotRow,
        PictureStats,
        Detail,
        DetailLayer,
        DetailField,
        PageMessage,
        Command,
        AdvanceTo,
        OnCable,
        RequestMethod,
        Get,
        Outcome,
    );
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[test]
fn the_pages_types_are_the_servers() {
    let wanted = generated();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(Path::new(FILE).parent().expect("a file lies in a folder")).expect("folder");
        std::fs::write(FILE, &wanted).expect("web/src/wire/generated.ts can be written");
    }
    let found = std::fs::read_to_string(FILE).unwrap_or_default().replace("\r\n", "\n");
    if found != wanted {
        let line = wanted.lines().zip(found.lines()).position(|(a, b)| a != b).unwrap_or(0) + 1;
        panic!(
            "web/src/wire/generated.ts differs from crates/server/src/wire from line {line} on.\n\
             Mend it with: UPDATE=1 cargo test -p server --test wire_types"
        );
    }
}
