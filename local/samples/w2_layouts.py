"""Where the boxes of a W-2 stand: on the official half page, and on a quarter of a page."""

from local.samples.cells import Cell, Tick
from local.samples.sheet import Area


def _coded(area: Area, number: str, label: str = "") -> tuple[Cell, ...]:
    """Box 12: a frame, the code in front of the notch, the amount behind it."""
    left, top, right, bottom = area
    name, notch = f"box_{number}", left + 40
    return (
        Cell((left, top, right, bottom), number, label),
        Cell((notch, bottom - 9, notch, bottom)),
        Cell((left, top, notch, bottom), shows=f"{name}_code", frame=False, indent=14),
        Cell((notch, top, right, bottom), shows=name, align="right", frame=False),
    )


OFFICIAL = (
    Cell((36, 36, 152, 60)),
    Cell((283, 36, 581, 60)),
    Cell((152, 36, 283, 60), "a", "Employee's social security number", "employee_ssn", heavy=True),
    Cell((36, 60, 334, 84), "b", "Employer identification number (EIN)", "employer_ein"),
    Cell((36, 84, 334, 157), "c", "Employer's name, address, and ZIP code", "employer"),
    Cell((36, 157, 334, 181), "d", "Control number", "control_number"),
    Cell((36, 181, 334, 290), "e", "Employee's first name and initial"),
    Cell((36, 181, 172, 213), shows="employee_first", frame=False),
    Cell((172, 181, 310, 213), label="Last name", shows="employee_last", frame=False, indent=4),
    Cell((308, 181, 334, 213), label="Suff.", frame=False),
    Cell((36, 216, 334, 276), shows="employee_home", frame=False),
    Cell((36, 279, 334, 290), "f", "Employee's address and ZIP code", frame=False),
    Cell((334, 60, 457, 84), "1", "Wages, tips, other compensation", "box_1", "right", heavy=True),
    Cell((457, 60, 581, 84), "2", "Federal income tax withheld", "box_2", "right", heavy=True),
    Cell((334, 84, 457, 108), "3", "Social security wages", "box_3", "right"),
    Cell((457, 84, 581, 108), "4", "Social security tax withheld", "box_4", "right"),
    Cell((334, 108, 457, 132), "5", "Medicare wages and tips", "box_5", "right"),
    Cell((457, 108, 581, 132), "6", "Medicare tax withheld", "box_6", "right"),
    Cell((334, 132, 457, 157), "7", "Social security tips", "box_7", "right"),
    Cell((457, 132, 581, 157), "8", "Allocated tips", "box_8", "right"),
    Cell((334, 157, 457, 181), "9", shaded=True),
    Cell((457, 157, 581, 181), "10", "Dependent care benefits", "box_10", "right"),
    Cell((334, 181, 457, 206), "11", "Nonqualified plans", "box_11", "right"),
    *_coded((457, 181, 581, 206), "12a", "See instructions for box 12"),
    *_coded((457, 206, 581, 230), "12b"),
    *_coded((457, 230, 581, 254), "12c"),
    *_coded((457, 254, 581, 278), "12d"),
    Cell((334, 206, 457, 230), "13"),
    Cell((348, 206, 385, 230), label="Statutory\nemployee", frame=False, size=5),
    Cell((384, 206, 420, 230), label="Retirement\nplan", frame=False, size=5),
    Cell((419, 206, 457, 230), label="Third-party\nsick pay", frame=False, size=5),
    Cell((334, 230, 457, 290), "14", "Other", "box_14"),
    Cell((457, 278, 581, 290), shaded=True),
    Cell((36, 290, 196, 314), "15", "State     Employer's state ID number"),
    Cell((196, 290, 283, 314), "16", "State wages, tips, etc.", "box_16", "right", indent=6),
    Cell((283, 290, 363, 314), "17", "State income tax", "box_17", "right", indent=6),
    Cell((363, 290, 450, 314), "18", "Local wages, tips, etc.", "box_18", "right", indent=6),
    Cell((450, 290, 530, 314), "19", "Local income tax", "box_19", "right", indent=6),
    Cell((530, 290, 581, 314), "20", "Locality name", "box_20", indent=4),
    Cell((36, 290, 65, 314), shows="box_15", frame=False),
    Cell((65, 290, 196, 314), shows="box_15_id", frame=False),
    Cell((36, 314, 65, 338), shows="box_15_2"),
    Cell((65, 314, 196, 338), shows="box_15_id_2"),
    Cell((196, 314, 283, 338), shows="box_16_2", align="right", indent=6),
    Cell((283, 314, 363, 338), shows="box_17_2", align="right", indent=6),
    Cell((363, 314, 450, 338), shows="box_18_2", align="right", indent=6),
    Cell((450, 314, 530, 338), shows="box_19_2", align="right", indent=6),
    Cell((530, 314, 581, 338), shows="box_20_2", indent=4),
)
OFFICIAL_TICKS = (
    Tick(353, 219, "box_13_statutory"),
    Tick(389, 219, "box_13_retirement"),
    Tick(424, 219, "box_13_sick_pay"),
)

QUARTER = (
    Cell((14, 14, 100, 34), "d", "Control number", "control_number"),
    Cell((100, 14, 140, 34), label="Dept."),
    Cell((140, 14, 180, 34), label="Corp."),
    Cell((180, 14, 292, 34), label="Employer use only"),
    Cell((14, 34, 292, 76), "c", "Employer's name, address, and ZIP code", "employer"),
    Cell((14, 76, 292, 120), "e/f", "Employee's name, address, and ZIP code", "employee"),
    Cell((14, 120, 153, 139), "b", "Employer's FED ID number", "employer_ein"),
    Cell((153, 120, 292, 139), "a", "Employee's SSA number", "employee_ssn"),
    Cell((14, 139, 153, 158), "1", "Wages, tips, other comp.", "box_1", "right"),
    Cell((153, 139, 292, 158), "2", "Federal income tax withheld", "box_2", "right"),
    Cell((14, 158, 153, 177), "3", "Social security wages", "box_3", "right"),
    Cell((153, 158, 292, 177), "4", "Social security tax withheld", "box_4", "right"),
    Cell((14, 177, 153, 196), "5", "Medicare wages and tips", "box_5", "right"),
    Cell((153, 177, 292, 196), "6", "Medicare tax withheld", "box_6", "right"),
    Cell((14, 196, 153, 215), "7", "Social security tips", "box_7", "right"),
    Cell((153, 196, 292, 215), "8", "Allocated tips", "box_8", "right"),
    Cell((14, 215, 153, 234), "9"),
    Cell((153, 215, 292, 234), "10", "Dependent care benefits", "box_10", "right"),
    Cell((14, 234, 153, 253), "11", "Nonqualified plans", "box_11", "right"),
    *_coded((153, 234, 292, 253), "12a", "See instructions for box 12"),
    Cell((14, 253, 153, 291), "14", "Other", "box_14"),
    *_coded((153, 253, 292, 272), "12b"),
    *_coded((153, 272, 292, 291), "12c"),
    Cell((14, 291, 153, 310), "15", "State   Employer's state ID no."),
    Cell((153, 291, 292, 310), "13", "Stat emp.    Ret. plan    3rd party sick pay"),
    Cell((14, 291, 40, 310), shows="box_15", frame=False),
    Cell((40, 291, 153, 310), shows="box_15_id", frame=False),
    Cell((14, 310, 153, 329), "16", "State wages, tips, etc.", "box_16", "right"),
    Cell((153, 310, 292, 329), "17", "State income tax", "box_17", "right"),
    Cell((14, 329, 106, 348), "18", "Local wages, tips, etc.", "box_18", "right"),
    Cell((106, 329, 199, 348), "19", "Local income tax", "box_19", "right"),
    Cell((199, 329, 292, 348), "20", "Locality name", "box_20"),
)
QUARTER_TICKS = (
    Tick(172, 300.5, "box_13_statutory", 7),
    Tick(204, 300.5, "box_13_retirement", 7),
    Tick(240, 300.5, "box_13_sick_pay", 7),
)
